/*
 * What the most lenient of all readers finds in a path, in the slow way: it is decoded once, read,
 * decoded again, read again, until nothing changes. See bff/base/path_reading.h.
 */
#ifndef TESTS_FUZZ_PATH_LEVELS_H
#define TESTS_FUZZ_PATH_LEVELS_H

#include <stdlib.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

static inline int path_levels_hex(char c)
{
    char digit[] = {c, '\0'}, *end;
    long value = strtol(digit, &end, 16);

    return end == digit || c == ' ' || c == '\t' ? -1 : (int)value;
}

/* One escape at the beginning of ${text}, or -1. */
static inline int path_levels_escape(struct text text)
{
    if (text.len < 3 || text.at[0] != '%' || path_levels_hex(text.at[1]) < 0 ||
        path_levels_hex(text.at[2]) < 0)
        return -1;
    return path_levels_hex(text.at[1]) * 16 + path_levels_hex(text.at[2]);
}

/* Every overlong form of an ASCII character: the first byte, zeros, the character's 7 bits. */
static inline int path_levels_overlong(struct text text, size_t *bytes)
{
    static const unsigned char firsts[] = {0xc0, 0xe0, 0xf0, 0xf8, 0xfc};

    for (int c = 0; c < 0x80; c++)
        for (size_t n = 2; n <= 6; n++) {
            char form[6] = {(char)firsts[n - 2], (char)0x80, (char)0x80,
                            (char)0x80,          (char)0x80, (char)0x80};
            form[n - 1] = (char)(0x80 | (c & 0x3f));
            form[n - 2] = (char)((unsigned char)form[n - 2] | (c >> 6));
            *bytes = n;
            if (text_starts(text, (struct text){form, n}))
                return c;
        }
    return -1;
}

static inline int path_levels_wide(struct text text, size_t *bytes)
{
    static const struct {
        const char *utf8;
        char ascii;
    } rows[] = {
        {"\xe2\x80\xa4", '.'},  {"\xe2\x80\xa5", '.'}, {"\xef\xb9\x92", '.'},
        {"\xef\xbc\x8e", '.'},  {"\xef\xbc\x8f", '/'}, {"\xef\xbc\xbc", '\\'},
        {"\xef\xb9\xa8", '\\'}, {"\xef\xbc\x9b", ';'}, {"\xef\xb9\x94", ';'},
        {"\xef\xbc\x9f", '?'},  {"\xef\xb9\x96", '?'}, {"\xef\xbc\x83", '#'},
        {"\xef\xb9\x9f", '#'},  {"\xef\xbc\x85", '%'}, {"\xef\xb9\xaa", '%'},
    };

    *bytes = 3;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (text_starts(text, text_of(rows[i].utf8)))
            return rows[i].ascii;
    return text.len > 0 && (unsigned char)text.at[0] >= 0xc0 ? path_levels_overlong(text, bytes)
                                                             : -1;
}

/* One level less: all escapes, or else all wide characters, are decoded once. */
static inline struct text path_levels_next(struct pool *pool, struct text text, bool is_wide)
{
    char *out = pool_take(pool, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        struct text rest = {text.at + i, text.len - i};
        size_t bytes = 3;
        int c = is_wide ? path_levels_wide(rest, &bytes) : path_levels_escape(rest);
        out[len++] = c < 0 ? text.at[i] : (char)c;
        i += c < 0 ? 0 : bytes - 1;
    }
    return (struct text){out, len};
}

static inline bool path_levels_is_one_of(char c, const char *list)
{
    return (unsigned char)c <= ' ' || c == 0x7f || strchr(list, c) != NULL;
}

static inline bool path_levels_has_dots_here(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t at = i;
        if (text.at[i] != '.')
            continue;
        while (at > 0 && path_levels_is_one_of(text.at[at - 1], ""))
            at--;
        if (at > 0 && text.at[at - 1] != '/' && text.at[at - 1] != '\\')
            continue;
        at = i + 1 + (i + 1 < text.len && text.at[i + 1] == '.');
        if (at == text.len || path_levels_is_one_of(text.at[at], "/\\;?#"))
            return true;
    }
    return false;
}

/* True when "." or ".." is a segment at some level. */
static inline bool path_levels_have_dots(struct pool *pool, struct text text)
{
    for (;;) {
        if (path_levels_has_dots_here(text))
            return true;
        struct text next = path_levels_next(pool, text, false);
        if (next.len == text.len)
            next = path_levels_next(pool, text, true);
        if (next.len == text.len)
            return false;
        text = next;
    }
}

#endif
