/*
 * A simple reader of JSON that makes a tree. Tests compare the readers without a tree with this
 * one. The text must be valid JSON. Each node of the tree has the bytes of its value.
 */
#ifndef TESTS_FUZZ_JSON_TREE_H
#define TESTS_FUZZ_JSON_TREE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

struct tree {
    struct text raw; /* without white space around it */
    struct text key; /* the name of a member: not decoded, without quotes */
    struct tree *first, *next;
    size_t count; /* number of children */
};

struct tree_reader {
    struct pool *pool;
    const char *at, *end;
};

static inline struct tree *tree_value(struct tree_reader *on);

static inline void tree_space(struct tree_reader *on)
{
    while (on->at < on->end && strchr(" \t\r\n", *on->at) != NULL && *on->at != '\0')
        on->at++;
}

static inline void tree_string(struct tree_reader *on)
{
    for (on->at++; *on->at != '"'; on->at++)
        if (*on->at == '\\')
            on->at++;
    on->at++;
}

static inline struct text tree_key(struct tree_reader *on)
{
    const char *begin = on->at + 1;

    tree_string(on);
    struct text key = {begin, (size_t)(on->at - begin) - 1};
    tree_space(on);
    on->at++; /* the colon */
    tree_space(on);
    return key;
}

static inline void tree_children(struct tree_reader *on, struct tree *parent, bool has_keys)
{
    struct tree **link = &parent->first;

    on->at++;
    tree_space(on);
    while (*on->at != ']' && *on->at != '}') {
        struct text key = has_keys ? tree_key(on) : (struct text){0};
        struct tree *child = tree_value(on);
        child->key = key;
        *link = child;
        link = &child->next;
        parent->count++;
        tree_space(on);
        if (*on->at == ',')
            on->at++;
        tree_space(on);
    }
    on->at++;
}

static inline struct tree *tree_value(struct tree_reader *on)
{
    struct tree *value = pool_zero(on->pool, sizeof(*value));
    const char *begin = on->at;

    if (*on->at == '{' || *on->at == '[')
        tree_children(on, value, *on->at == '{');
    else if (*on->at == '"')
        tree_string(on);
    else
        while (on->at < on->end && strchr(",]} \t\r\n", *on->at) == NULL)
            on->at++;
    value->raw = (struct text){begin, (size_t)(on->at - begin)};
    return value;
}

static inline struct tree *tree_read(struct pool *pool, struct text text)
{
    struct tree_reader on = {pool, text.at, text.at + text.len};

    tree_space(&on);
    return tree_value(&on);
}

static inline bool tree_is(const struct tree *tree, char first) { return tree->raw.at[0] == first; }

/* Strings. */

static inline unsigned tree_unit(const char *at)
{
    char digits[5] = {at[0], at[1], at[2], at[3]};

    return (unsigned)strtoul(digits, NULL, 16);
}

static inline char *tree_utf8(char *out, unsigned code)
{
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *out++ = (char)(0xe0 | code >> 12);
        } else {
            *out++ = (char)(0xf0 | code >> 18);
            *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (code & 0x3f));
    return out;
}

/* Reads a \u escape. ${*at} is after "\u"; afterwards it is after the escape, or after the second
 * escape of a surrogate pair. */
static inline unsigned tree_code(const char **at, const char *end)
{
    unsigned code = tree_unit(*at);

    *at += 4;
    if (code < 0xd800 || code > 0xdfff)
        return code;
    if (code > 0xdbff || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return 0xfffd;
    unsigned low = tree_unit(*at + 2);
    if (low < 0xdc00 || low > 0xdfff)
        return 0xfffd;
    *at += 6;
    return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

/* Decodes ${inside}, the text between the quotes of a string. */
static inline struct text tree_decoded(struct pool *pool, struct text inside)
{
    static const char escapes[] = "bfnrt", means[] = "\b\f\n\r\t";
    char *begin = pool_take(pool, inside.len + 1), *out = begin;

    for (const char *at = inside.at, *end = at + inside.len; at < end;) {
        char c = *at++;
        if (c != '\\') {
            *out++ = c;
            continue;
        }
        c = *at++;
        const char *known = strchr(escapes, c);
        if (c == 'u')
            out = tree_utf8(out, tree_code(&at, end));
        else
            *out++ = known == NULL ? c : means[known - escapes];
    }
    return (struct text){begin, (size_t)(out - begin)};
}

/* Returns the last member of this name; NULL if there is none, or if the value is not an object. */
static inline struct tree *tree_get(struct pool *pool, const struct tree *object, struct text name)
{
    struct tree *found = NULL;

    if (!tree_is(object, '{'))
        return NULL;
    for (struct tree *child = object->first; child != NULL; child = child->next)
        if (text_equal(tree_decoded(pool, child->key), name))
            found = child;
    return found;
}

#endif
