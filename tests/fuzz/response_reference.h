/*
 * A simple and slow reader for a complete HTTP/1.1 response. Tests compare the exchange with it. It
 * follows RFC 9112 sections 4 to 7, and also refuses what bff/upstream refuses beyond the RFC. It
 * does not check the limits on bytes, because all texts are shorter.
 */
#ifndef TESTS_FUZZ_RESPONSE_REFERENCE_H
#define TESTS_FUZZ_RESPONSE_REFERENCE_H

#include <stdbool.h>
#include <string.h>

#include "bff/base/text.h"

#define RESPONSE_FIELDS_MAX 100

enum response_end { RESPONSE_WHOLE, RESPONSE_CUT, RESPONSE_BAD };

struct response {
    bool is_head, wants_upgrade; /* of the request; set before the call */

    int status; /* 0: there is no final head */
    struct text names[RESPONSE_FIELDS_MAX], values[RESPONSE_FIELDS_MAX];
    size_t field_count;
    bool is_persistent;

    enum response_end end;
    char *body; /* memory of the caller, as many bytes as the whole text has */
    size_t body_len;
};

static inline bool response_is_text(char c)
{
    return ((unsigned char)c >= 0x20 && c != 0x7f) || c == '\t';
}

static inline bool response_all_text(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!response_is_text(text.at[i]))
            return false;
    return true;
}

/* Returns the next line without its line end (LF or CR LF); absent if there is no line end. */
static inline struct text response_line(struct text *rest)
{
    struct text line = text_cut(rest, '\n');

    if (rest->at == NULL)
        return (struct text){0};
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

static inline bool response_status_line(struct text line, int *status, bool *is_http10)
{
    static const char shape[] = "HTTP/1.d ddd";

    if (line.len < sizeof(shape) - 1 || !response_all_text(line))
        return false;
    for (size_t i = 0; shape[i] != '\0'; i++)
        if (shape[i] == 'd' ? line.at[i] < '0' || line.at[i] > '9' : line.at[i] != shape[i])
            return false;
    if (line.len > sizeof(shape) - 1 && line.at[sizeof(shape) - 1] != ' ')
        return false;
    *is_http10 = line.at[7] == '0';
    *status = (line.at[9] - '0') * 100 + (line.at[10] - '0') * 10 + (line.at[11] - '0');
    return *status >= 100 && *status <= 599;
}

static inline bool response_is_token(struct text name)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && (c == '\0' || strchr(others, c) == NULL))
            return false;
    }
    return name.len > 0;
}

/* Reads lines up to the empty line. Returns false if one of them is wrong. */
static inline bool response_fields(struct response *out, struct text *rest)
{
    struct text line;

    out->field_count = 0;
    while ((line = response_line(rest)).len > 0) {
        struct text value = line, name = text_cut(&value, ':');
        if (out->field_count == RESPONSE_FIELDS_MAX || value.at == NULL ||
            !response_is_token(name) || !response_all_text(value))
            return false;
        out->names[out->field_count] = name;
        out->values[out->field_count++] = text_trim(value);
    }
    return true;
}

/* Returns how often ${option} occurs in the lists of all fields ${name}. */
static inline size_t response_options(const struct response *response, const char *name,
                                      const char *option)
{
    size_t count = 0;

    for (size_t i = 0; i < response->field_count; i++) {
        struct text rest = response->values[i];
        if (!text_equal_nocase(response->names[i], text_of(name)))
            continue;
        while (rest.at != NULL)
            count += text_equal_nocase(text_trim(text_cut(&rest, ',')), text_of(option));
    }
    return count;
}

enum { RESPONSE_UNTIL_CLOSE = -1, RESPONSE_CHUNKED = -2, RESPONSE_REFUSED = -3 };

/* Returns the length of the body that the fields give, or one of the values above. */
static inline int64_t response_length(const struct response *response, bool is_http10)
{
    int64_t length = RESPONSE_UNTIL_CLOSE;
    size_t codings = 0;

    for (size_t i = 0; i < response->field_count; i++) {
        struct text rest = response->values[i];
        uint64_t number;
        if (text_equal_nocase(response->names[i], TEXT("transfer-encoding"))) {
            codings++;
            if (!text_equal_nocase(rest, TEXT("chunked")))
                return RESPONSE_REFUSED;
        }
        if (!text_equal_nocase(response->names[i], TEXT("content-length")))
            continue;
        while (rest.at != NULL) {
            if (text_number(text_trim(text_cut(&rest, ',')), INT64_MAX, &number) != 0 ||
                (length >= 0 && length != (int64_t)number))
                return RESPONSE_REFUSED;
            length = (int64_t)number;
        }
    }
    if (codings == 0)
        return length;
    return codings > 1 || length >= 0 || is_http10 ? RESPONSE_REFUSED : RESPONSE_CHUNKED;
}

static inline void response_take(struct response *out, struct text *rest, size_t len)
{
    if (len > 0)
        memcpy(out->body + out->body_len, rest->at, len);
    out->body_len += len;
    *rest = (struct text){rest->at + len, rest->len - len};
}

/* Reads a line that must end with CR LF. Sets out->end if there is no such line. */
static inline bool response_strict_line(struct response *out, struct text *rest, struct text *line)
{
    size_t len = 0;

    while (len < rest->len && response_is_text(rest->at[len]))
        len++;
    *line = (struct text){rest->at, len};
    if (len == rest->len || (rest->at[len] == '\r' && len + 1 == rest->len)) {
        out->end = RESPONSE_CUT;
        return false;
    }
    if (rest->at[len] != '\r' || rest->at[len + 1] != '\n') {
        out->end = RESPONSE_BAD;
        return false;
    }
    *rest = (struct text){rest->at + len + 2, rest->len - len - 2};
    return true;
}

/* True when ${line} is a valid line with a chunk size, or the valid beginning of one when
 * ${is_whole} is false: digits, then white space, then anything after a ';'. */
static inline bool response_is_size(struct text line, bool is_whole, uint64_t *size)
{
    size_t at = 0, digits;

    *size = 0;
    for (; at < line.len && strchr("0123456789abcdefABCDEF", line.at[at]) != NULL; at++) {
        char c = line.at[at];
        *size = *size * 16 + (uint64_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    digits = at;
    if (digits > 16 || (digits == 0 && (is_whole || line.len > 0)))
        return false;
    while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t'))
        at++;
    return at == line.len || line.at[at] == ';';
}

static inline void response_chunks(struct response *out, struct text *rest)
{
    struct text line;
    uint64_t size = 1;

    while (size > 0) {
        bool is_whole = response_strict_line(out, rest, &line);
        /* The first wrong byte of a line decides the result, even when the line is not complete. */
        if (!response_is_size(line, is_whole || line.len < rest->len, &size))
            out->end = RESPONSE_BAD;
        if (out->end != RESPONSE_WHOLE)
            return;
        if (size == 0)
            break;
        size_t take = rest->len < size ? rest->len : (size_t)size;
        response_take(out, rest, take);
        if (take < size || rest->len == 0 || (rest->at[0] == '\r' && rest->len == 1)) {
            out->end = RESPONSE_CUT;
            return;
        }
        if (rest->at[0] != '\r' || rest->at[1] != '\n') {
            out->end = RESPONSE_BAD;
            return;
        }
        *rest = (struct text){rest->at + 2, rest->len - 2};
    }
    do /* trailers */
        if (!response_strict_line(out, rest, &line))
            return;
    while (line.len > 0);
}

static inline void response_body(struct response *out, struct text *rest, int64_t length)
{
    if (length == RESPONSE_CHUNKED) {
        response_chunks(out, rest);
    } else if (length == RESPONSE_UNTIL_CLOSE) {
        response_take(out, rest, rest->len);
    } else {
        size_t take = (uint64_t)length < rest->len ? (size_t)length : rest->len;
        response_take(out, rest, take);
        out->end = take < (size_t)length ? RESPONSE_CUT : RESPONSE_WHOLE;
    }
}

static inline bool response_has_head(struct text rest)
{
    struct text line = response_line(&rest); /* the status line, or another line in its place */

    do
        line = response_line(&rest);
    while (line.len > 0);
    return line.at != NULL;
}

static inline void response_read(struct response *out, struct text rest)
{
    bool is_http10 = false, is_switch = false, has_body;
    int64_t length;
    int status = 0;

    out->end = RESPONSE_WHOLE;
    while (status < 200 && !is_switch) {
        if (!response_has_head(rest)) {
            out->end = RESPONSE_CUT;
            return;
        }
        if (!response_status_line(response_line(&rest), &status, &is_http10) ||
            !response_fields(out, &rest) ||
            (length = response_length(out, is_http10)) == RESPONSE_REFUSED ||
            (status == 101 && !out->wants_upgrade)) {
            out->end = RESPONSE_BAD;
            return;
        }
        is_switch = status == 101;
    }
    out->status = status;
    has_body = !out->is_head && status != 204 && status != 304;
    if (is_switch)
        length = RESPONSE_UNTIL_CLOSE;
    else if (!has_body)
        length = 0;
    response_body(out, &rest, length);
    out->is_persistent = length != RESPONSE_UNTIL_CLOSE && out->end == RESPONSE_WHOLE &&
                         rest.len == 0 && response_options(out, "connection", "close") == 0 &&
                         (!is_http10 || response_options(out, "connection", "keep-alive") > 0);
}

#endif
