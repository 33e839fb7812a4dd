/* A simple reader of RESP2 that has all bytes at once, to compare redis_reader.c with. It prints
 * the replies: "+OK;" ":1;" "$3abc;" "_;" "-ERR;" "[...]". */
#ifndef TESTS_FUZZ_REDIS_REFERENCE_H
#define TESTS_FUZZ_REDIS_REFERENCE_H

#include <limits.h>

#include "bff/base/text_builder.h"
#include "bff/store/redis_reader.h"

#define REFERENCE_DEPTH 8 /* arrays in arrays */

enum reference_end { REFERENCE_WHOLE, REFERENCE_CUT, REFERENCE_BROKEN };

struct reference {
    struct text rest;
    struct text_builder *out;
    size_t elements; /* of the arrays of this reply */
};

static inline void reference_print(struct text_builder *out, char kind, struct text text)
{
    text_builder_add(out, (struct text){&kind, 1});
    text_builder_add(out, text);
    text_builder_add(out, TEXT(";"));
}

/* Takes a line without its CRLF. */
static inline bool reference_line(struct reference *reader, struct text *line)
{
    const char *at = reader->rest.at;

    for (size_t i = 0; i + 1 < reader->rest.len; i++)
        if (at[i] == '\r' && at[i + 1] == '\n') {
            *line = (struct text){at, i};
            reader->rest = (struct text){at + i + 2, reader->rest.len - i - 2};
            return true;
        }
    return false;
}

/* A number has no plus, no spaces and no zeros in front, and -0 is none. */
static inline bool reference_number(struct text line, long long *number)
{
    bool is_negative = line.len > 0 && line.at[0] == '-';
    struct text digits = {line.at + is_negative, line.len - is_negative};
    uint64_t most = is_negative ? (uint64_t)LLONG_MAX + 1 : (uint64_t)LLONG_MAX, value;

    if (digits.len == 0 || text_number(digits, most, &value) != 0 ||
        (digits.at[0] == '0' && (digits.len > 1 || is_negative)))
        return false;
    *number = (long long)(is_negative ? 0 - value : value);
    return true;
}

static inline enum reference_end reference_string(struct reference *reader, long long len)
{
    if (len == -1) {
        reference_print(reader->out, '_', (struct text){0});
        return REFERENCE_WHOLE;
    }
    if (len < 0)
        return REFERENCE_BROKEN;
    if (reader->rest.len < 2 || (size_t)len > reader->rest.len - 2)
        return REFERENCE_CUT;
    const char *at = reader->rest.at, *end = at + len;
    if (end[0] != '\r' || end[1] != '\n')
        return REFERENCE_BROKEN;
    reference_print(reader->out, '$', (struct text){at, (size_t)len});
    reader->rest = (struct text){end + 2, reader->rest.len - (size_t)len - 2};
    return REFERENCE_WHOLE;
}

static inline enum reference_end reference_item(struct reference *reader, unsigned depth);

static inline enum reference_end reference_array(struct reference *reader, long long count,
                                                 unsigned depth)
{
    if (count == -1) {
        reference_print(reader->out, '_', (struct text){0});
        return REFERENCE_WHOLE;
    }
    if (count < 0 || count > INT_MAX)
        return REFERENCE_BROKEN;
    reader->elements += (size_t)count;
    if (reader->elements > REDIS_READER_ELEMENTS)
        return REFERENCE_BROKEN;
    text_builder_add(reader->out, TEXT("["));
    for (long long i = 0; i < count; i++) {
        enum reference_end end = reference_item(reader, depth + 1);
        if (end != REFERENCE_WHOLE)
            return end;
    }
    text_builder_add(reader->out, TEXT("]"));
    return REFERENCE_WHOLE;
}

static inline enum reference_end reference_item(struct reference *reader, unsigned depth)
{
    char kind = reader->rest.len == 0 ? '\0' : reader->rest.at[0];
    struct text line;
    long long number;

    if (reader->rest.len == 0)
        return REFERENCE_CUT;
    if (memchr("+-:$*", kind, 5) == NULL || (kind == '*' && depth == REFERENCE_DEPTH))
        return REFERENCE_BROKEN;
    reader->rest = (struct text){reader->rest.at + 1, reader->rest.len - 1};
    if (!reference_line(reader, &line))
        return REFERENCE_CUT;
    if (kind == '+' || kind == '-') {
        reference_print(reader->out, kind, line);
        return REFERENCE_WHOLE;
    }
    if (!reference_number(line, &number))
        return REFERENCE_BROKEN;
    if (kind == ':') {
        reference_print(reader->out, kind, line);
        return REFERENCE_WHOLE;
    }
    return kind == '$' ? reference_string(reader, number) : reference_array(reader, number, depth);
}

/* Prints all whole replies of ${bytes}. Returns how they end: REFERENCE_CUT or REFERENCE_BROKEN. */
static inline enum reference_end reference_read(struct text bytes, struct text_builder *out)
{
    struct reference reader = {.rest = bytes, .out = out};
    enum reference_end end;
    size_t whole;

    do {
        whole = out->len;
        reader.elements = 0;
        end = reference_item(&reader, 0);
    } while (end == REFERENCE_WHOLE);
    out->len = whole;
    return end;
}

#endif
