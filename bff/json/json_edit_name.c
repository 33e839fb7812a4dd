/* See json_edit_name.h. */
#include <stdint.h>
#include <string.h>

#include "bff/base/percent.h"
#include "bff/json/json_edit_name.h"

#define UNIT_LEN 6 /* bytes of \uXXXX */

/* Returns the code unit of the escape \uXXXX at ${at}; 0xffffffff when there is none. */
static uint32_t unit_at(const char *at, const char *end)
{
    uint32_t unit = 0;

    if (end - at < UNIT_LEN || at[0] != '\\' || at[1] != 'u')
        return UINT32_MAX;
    for (int i = 2; i < UNIT_LEN; i++)
        unit = unit * 16 + (uint32_t)percent_hex(at[i]);
    return unit;
}

static char *put_utf8(char *out, uint32_t point)
{
    if (point < 0x80) {
        *out++ = (char)point;
        return out;
    }
    if (point < 0x800) {
        *out++ = (char)(0xc0 | point >> 6);
    } else if (point < 0x10000) {
        *out++ = (char)(0xe0 | point >> 12);
        *out++ = (char)(0x80 | (point >> 6 & 0x3f));
    } else {
        *out++ = (char)(0xf0 | point >> 18);
        *out++ = (char)(0x80 | (point >> 12 & 0x3f));
        *out++ = (char)(0x80 | (point >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (point & 0x3f));
    return out;
}

/* Reads the escape \uXXXX at ${*at}, or the two of a surrogate pair. */
static uint32_t read_point(const char **at, const char *end)
{
    uint32_t first = unit_at(*at, end), second = unit_at(*at + UNIT_LEN, end);

    *at += UNIT_LEN;
    if (first - 0xd800 >= 0x800)
        return first;
    if (first - 0xd800 >= 0x400 || second - 0xdc00 >= 0x400)
        return 0xfffd;
    *at += UNIT_LEN;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

static char simple_escape(char c)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *found = strchr(from, c);

    return found == NULL ? c : to[found - from];
}

struct text json_edit_name_decode(struct text key, char *out)
{
    const char *at = key.at, *end = key.at + key.len;
    char *to = out;

    while (at < end) {
        if (*at != '\\') {
            *to++ = *at++;
        } else if (at[1] == 'u') {
            to = put_utf8(to, read_point(&at, end));
        } else {
            *to++ = simple_escape(at[1]);
            at += 2;
        }
    }
    return (struct text){out, (size_t)(to - out)};
}
