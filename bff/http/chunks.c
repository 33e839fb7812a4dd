/* See chunks.h. */
#include "bff/base/check.h"
#include "bff/base/percent.h"
#include "bff/http/chunks.h"

#define DIGITS_MAX 15 /* a size with at most 15 digits fits in 63 bits */

/* The states: what is expected next. */
enum {
    SIZE,       /* a digit of the size, or the end of the digits */
    BLANK,      /* white space after the size; only ';' or the end of the line may follow */
    EXTENSION,  /* ignored up to the end of the line */
    SIZE_LF,    /* the LF of the size line */
    DATA,       /* the chunk itself */
    DATA_CR,    /* the CR after the chunk */
    DATA_LF,    /* the LF after the chunk */
    TRAILER,    /* the first byte of a trailer line, or the CR of the last line */
    FIELD,      /* a trailer, ignored up to the end of its line */
    TRAILER_LF, /* the LF of a trailer */
    END_LF,     /* the LF of the last line */
};

static int in_size(struct chunks *chunks, char c)
{
    int digit = percent_hex(c);

    if (digit >= 0) {
        chunks->left = chunks->left * 16 + (unsigned)digit;
        return ++chunks->digits > DIGITS_MAX ? -1 : SIZE;
    }
    if (chunks->digits == 0)
        return -1;
    if (c == ' ' || c == '\t')
        return BLANK;
    return c == ';' ? EXTENSION : c == '\r' ? SIZE_LF : -1;
}

static int behind_size_line(struct chunks *chunks)
{
    chunks->digits = 0;
    return chunks->left == 0 ? TRAILER : DATA;
}

/* Reads a byte of an extension or a trailer, which we ignore. Such bytes must be visible, blank or
 * not ASCII, and their number is limited. */
static int in_extra(struct chunks *chunks, char c, int stay, int end)
{
    if (c == '\r')
        return end;
    if (((unsigned char)c < 0x20 && c != '\t') || c == 0x7f)
        return -1;
    return ++chunks->extras > CHUNKS_EXTRA_MAX ? -1 : stay;
}

/* Returns the state after ${c}, or -1 if ${c} is not allowed. Not to be called in the state
 * DATA. */
static int step(struct chunks *chunks, char c)
{
    switch (chunks->state) {
    case SIZE:
        return in_size(chunks, c);
    case BLANK:
        if (c == ' ' || c == '\t' || c == ';' || c == '\r')
            return in_extra(chunks, c, c == ';' ? EXTENSION : BLANK, SIZE_LF);
        return -1;
    case EXTENSION:
        return in_extra(chunks, c, EXTENSION, SIZE_LF);
    case SIZE_LF:
        return c == '\n' ? behind_size_line(chunks) : -1;
    case DATA_CR:
        return c == '\r' ? DATA_LF : -1;
    case DATA_LF:
        return c == '\n' ? SIZE : -1;
    case TRAILER:
        return in_extra(chunks, c, FIELD, END_LF);
    case FIELD:
        return in_extra(chunks, c, FIELD, TRAILER_LF);
    case TRAILER_LF:
        return c == '\n' ? TRAILER : -1;
    }
    must(chunks->state == END_LF);
    return c == '\n' ? END_LF : -1;
}

static struct text take_data(struct chunks *chunks, struct text *bytes)
{
    size_t len = bytes->len < chunks->left ? bytes->len : (size_t)chunks->left;
    struct text piece = {bytes->at, len};

    chunks->left -= len;
    if (chunks->left == 0)
        chunks->state = DATA_CR;
    *bytes = (struct text){bytes->at + len, bytes->len - len};
    return piece;
}

enum chunks_step chunks_next(struct chunks *chunks, struct text *bytes, struct text *piece)
{
    while (bytes->len > 0) {
        if (chunks->state == DATA) {
            *piece = take_data(chunks, bytes);
            return CHUNKS_PIECE;
        }
        bool is_last = chunks->state == END_LF;
        int next = step(chunks, *bytes->at);
        *bytes = (struct text){bytes->at + 1, bytes->len - 1};
        if (next < 0)
            return CHUNKS_BAD;
        if (is_last)
            return CHUNKS_END;
        chunks->state = (uint8_t)next;
    }
    return CHUNKS_MORE;
}
