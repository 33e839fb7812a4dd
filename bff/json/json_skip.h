/* Finds the end of a value in bytes that the scanner has accepted. Private to json.c. */
#ifndef BFF_JSON_JSON_SKIP_H
#define BFF_JSON_JSON_SKIP_H

#include <stdbool.h>

static inline bool json_skip_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Returns the first byte from ${at} on that is not white space, or ${end}. */
static inline const char *json_skip_space(const char *at, const char *end)
{
    while (at < end && json_skip_is_space(*at))
        at++;
    return at;
}

/* Returns the end of the string whose first quote is at ${at}. */
const char *json_skip_string(const char *at, const char *end);

/* Returns the end of the value that begins at ${at}. */
const char *json_skip_value(const char *at, const char *end);

#endif
