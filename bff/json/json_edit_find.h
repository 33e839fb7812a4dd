/* Finds the bytes at which something begins or ends, eight bytes at a time. Private to json_edit.c.
 */
#ifndef BFF_JSON_JSON_EDIT_FIND_H
#define BFF_JSON_JSON_EDIT_FIND_H

#include <stdint.h>
#include <string.h>

#define JSON_EDIT_FIND_EACH 0x0101010101010101u /* times a byte: the byte eight times */

/* Returns a number whose lowest bit that is set is in the first byte of ${bytes} that is zero; 0 if
 * no byte is. */
static inline uint64_t json_edit_find_zero(uint64_t bytes)
{
    return (bytes - JSON_EDIT_FIND_EACH) & ~bytes & (JSON_EDIT_FIND_EACH * 0x80);
}

static inline uint64_t json_edit_find_byte(uint64_t bytes, unsigned char byte)
{
    return json_edit_find_zero(bytes ^ (JSON_EDIT_FIND_EACH * byte));
}

/* Returns the first '"' or '\\' from ${at} on, or ${end}. */
static inline const char *json_edit_find_quote(const char *at, const char *end)
{
    uint64_t bytes, found;

    for (; end - at >= 8; at += 8) {
        memcpy(&bytes, at, 8);
        found = json_edit_find_byte(bytes, '"') | json_edit_find_byte(bytes, '\\');
        if (found != 0)
            return at + __builtin_ctzll(found) / 8;
    }
    while (at < end && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* Returns the first '"' or bracket or brace from ${at} on, or ${end}. Brackets differ from braces
 * by one bit. */
static inline const char *json_edit_find_nesting(const char *at, const char *end)
{
    uint64_t bytes, lower, found;

    for (; end - at >= 8; at += 8) {
        memcpy(&bytes, at, 8);
        lower = bytes | JSON_EDIT_FIND_EACH * 0x20;
        found = json_edit_find_byte(bytes, '"') | json_edit_find_byte(lower, '{') |
                json_edit_find_byte(lower, '}');
        if (found != 0)
            return at + __builtin_ctzll(found) / 8;
    }
    while (at < end && *at != '"' && (*at | 0x20) != '{' && (*at | 0x20) != '}')
        at++;
    return at;
}

#endif
