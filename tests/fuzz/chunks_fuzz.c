/*
 * Any bytes as a chunked body of a request: however they are cut, the decoder finds the same body
 * and the same end as a plain reading of the grammar of RFC 9112 section 7.1.
 */
#include "bff/http/chunks.h"

#include "tests/fuzz/chance.h"

/* The plain reading. It walks down the grammar and stops at the first byte that does not fit. */

enum end { WHOLE, CUT, BAD };

struct reading {
    const char *at, *end; /* what is left */
    size_t extras;
    char *body; /* has room for all the bytes */
    size_t body_len;
};

#define TRY(part)                                                                                  \
    do {                                                                                           \
        enum end end_of_part = (part);                                                             \
        if (end_of_part != WHOLE)                                                                  \
            return end_of_part;                                                                    \
    } while (0)

static bool is_next(const struct reading *reading, const char *among)
{
    return reading->at < reading->end && *reading->at != '\0' &&
           strchr(among, *reading->at) != NULL;
}

static enum end read_byte(struct reading *reading, char byte)
{
    if (reading->at == reading->end)
        return CUT;
    return *reading->at++ == byte ? WHOLE : BAD;
}

/* CRLF */
static enum end read_line_end(struct reading *reading)
{
    TRY(read_byte(reading, '\r'));
    return read_byte(reading, '\n');
}

/* A byte of an extension or a trailer. */
static enum end read_extra(struct reading *reading)
{
    if (reading->at == reading->end)
        return CUT;
    unsigned char byte = (unsigned char)*reading->at++;
    bool is_text = byte == '\t' || (byte >= ' ' && byte != 0x7f);
    return is_text && ++reading->extras <= CHUNKS_EXTRA_MAX ? WHOLE : BAD;
}

/* Any bytes up to the end of the line, and that. */
static enum end read_rest_of_line(struct reading *reading)
{
    while (!is_next(reading, "\r"))
        TRY(read_extra(reading));
    return read_line_end(reading);
}

/* 1*HEXDIG, 16 at most */
static enum end read_size(struct reading *reading, uint64_t *size)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    size_t count = 0;

    for (*size = 0; is_next(reading, digits); count++)
        *size = *size << 4 | (uint64_t)((strchr(digits, *reading->at++) - digits) % 16);
    if (count == 0 && reading->at == reading->end)
        return CUT;
    return count >= 1 && count <= 16 ? WHOLE : BAD;
}

/* [ BWS ";" anything ] CRLF */
static enum end read_extension(struct reading *reading)
{
    if (!is_next(reading, " \t;"))
        return read_line_end(reading);
    while (is_next(reading, " \t"))
        TRY(read_extra(reading));
    if (reading->at == reading->end)
        return CUT;
    if (!is_next(reading, ";"))
        return BAD;
    return read_rest_of_line(reading);
}

/* token ":" anything CRLF */
static enum end read_trailer(struct reading *reading)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    if (!is_next(reading, token))
        return BAD;
    while (is_next(reading, token))
        TRY(read_extra(reading));
    if (reading->at < reading->end && *reading->at != ':')
        return BAD;
    TRY(read_extra(reading));
    return read_rest_of_line(reading);
}

static enum end read_data(struct reading *reading, uint64_t size)
{
    size_t left = (size_t)(reading->end - reading->at), take = size < left ? (size_t)size : left;

    memcpy(reading->body + reading->body_len, reading->at, take);
    reading->body_len += take;
    reading->at += take;
    return take < size ? CUT : read_line_end(reading);
}

static enum end read_body(struct reading *reading)
{
    for (uint64_t size = 1; size > 0;) {
        TRY(read_size(reading, &size));
        TRY(read_extension(reading));
        if (size > 0)
            TRY(read_data(reading, size));
    }
    while (reading->at < reading->end && *reading->at != '\r')
        TRY(read_trailer(reading));
    return read_line_end(reading);
}

/* The decoder. */

struct body {
    struct text raw;
    struct reading want;
    enum end want_end;
};

/* Feeds one piece. Returns how it ended; ${*piece} is what is left of it. */
static enum chunks_step feed(struct chunks *chunks, struct text *piece, struct text *body)
{
    enum chunks_step step;
    struct text data;

    while ((step = chunks_next(chunks, piece, &data)) == CHUNKS_PIECE) {
        must(data.len <= body->len && memcmp(data.at, body->at, data.len) == 0);
        *body = (struct text){body->at + data.len, body->len - data.len};
    }
    return step;
}

static void check_cut(void *cookie, const struct cuts *cuts)
{
    const struct body *body = cookie;
    struct text expected = {body->want.body, body->want.body_len};
    struct chunks chunks = {0};
    enum chunks_step step = CHUNKS_MORE;
    size_t at = 0;

    while (at < body->raw.len && step == CHUNKS_MORE) {
        size_t len = cuts_piece(cuts, at);
        char *copy = chance_copy(body->raw.at + at, len);
        struct text piece = {copy, len};
        step = feed(&chunks, &piece, &expected);
        at += len - piece.len;
        free(copy);
    }
    must(step == (body->want_end == WHOLE ? CHUNKS_END
                  : body->want_end == CUT ? CHUNKS_MORE
                                          : CHUNKS_BAD));
    must(expected.len == 0);
    must(step != CHUNKS_END || body->raw.at + at == body->want.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = chance_copy(data, size), *plain = chance_copy(data, size);
    struct body body = {.raw = {bytes, size},
                        .want = {.at = bytes, .end = bytes + size, .body = plain}};

    body.want_end = read_body(&body.want);
    cuts_each(size, 64, chance_of(bytes, size), check_cut, &body);
    free(plain);
    free(bytes);
    return 0;
}
