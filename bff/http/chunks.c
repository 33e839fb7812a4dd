/* See chunks.h. */
#include "bff/base/check.h"
#include "bff/base/percent.h"
#include "bff/http/chunks.h"
#include "bff/http/field.h"

#define DIGITS_MAX 16 /* of a size: 64 bits */

/* The states: what is expected next. */
enum {
    SIZE,       /* a digit of the size, or the end of the digits */
    BLANK,      /* white space after the size; only ';' may follow, or else the end of the line */
    EXTENSION,  /* ignored up to the end of the line */
    SIZE_LF,    /* the LF of the size line */
    DATA,       /* the chunk itself */
    DATA_CR,    /* the CR after the chunk */
    DATA_LF,    /* the LF after the chunk */
    TRAILER,    /* the first byte of a trailer line, or the CR of the last line */
    NAME,       /* the name of a trailer, up to its ':' */
    FIELD,      /* the rest of a trailer, ignored up to the end of its line */
    TRAILER_LF, /* the LF of a trailer */
    END_LF,     /* the LF of the last line */
};

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

static int in_blank(struct chunks *chunks, char c)
{
    if (c == '\r')
        return chunks->is_lenient ? SIZE_LF : -1;
    if (c != ' ' && c != '\t' && c != ';')
        return -1;
    return in_extra(chunks, c, c == ';' ? EXTENSION : BLANK, -1);
}

static int in_size(struct chunks *chunks, char c)
{
    int digit = percent_hex(c);

    if (digit >= 0) {
        chunks->left = chunks->left * 16 + (unsigned)digit;
        return ++chunks->digits > DIGITS_MAX ? -1 : SIZE;
    }
    if (chunks->digits == 0)
        return -1;
    return c == '\r' ? SIZE_LF : in_blank(chunks, c);
}

/* ${is_first}: the name must have a byte before its ':' comes. */
static int in_name(struct chunks *chunks, char c, bool is_first)
{
    if (c == ':' && !is_first)
        return in_extra(chunks, c, FIELD, -1);
    if (!field_is_token((struct text){&c, 1}))
        return -1;
    return in_extra(chunks, c, NAME, -1);
}

/* Returns the state after ${c}, or -1. It is not called in the state DATA. */
static int step(struct chunks *chunks, char c)
{
    switch (chunks->state) {
    case SIZE:
        return in_size(chunks, c);
    case BLANK:
        return in_blank(chunks, c);
    case EXTENSION:
        return in_extra(chunks, c, EXTENSION, SIZE_LF);
    case SIZE_LF:
        return c == '\n' ? behind_size_line(chunks) : -1;
    case DATA_CR:
        return c == '\r' ? DATA_LF : -1;
    case DATA_LF:
        return c == '\n' ? SIZE : -1;
    case TRAILER:
        if (c == '\r')
            return END_LF;
        return chunks->is_lenient ? in_extra(chunks, c, FIELD, -1) : in_name(chunks, c, true);
    case NAME:
        return in_name(chunks, c, false);
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
