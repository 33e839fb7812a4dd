/* Where a value ends, in bytes that the scanner has vouched for. Private to json.c. */
#ifndef BFF_JSON_JSON_SKIP_H
#define BFF_JSON_JSON_SKIP_H

#include <stdbool.h>

static inline bool json_skip_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The first byte from ${at} that is no white space, or ${end}. */
static inline const char *json_skip_space(const char *at, const char *end)
{
    while (at < end && json_skip_is_space(*at))
        at++;
    return at;
}

/* Behind the string whose quote stands at ${at}. */
const char *json_skip_string(const char *at, const char *end);

/* Behind the value that begins at ${at}. */
const char *json_skip_value(const char *at, const char *end);

#endif
