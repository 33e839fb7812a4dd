/* Checks texts with yajl. Only for texts that yajl judges correctly. */
#ifndef TESTS_UNIT_JSON_YAJL_H
#define TESTS_UNIT_JSON_YAJL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "bff/base/check.h"

static inline bool yajl_takes(const char *text, size_t len)
{
    yajl_handle parser = yajl_alloc(NULL, NULL, NULL);
    bool takes = yajl_parse(parser, (const unsigned char *)text, len) == yajl_status_ok &&
                 yajl_complete_parse(parser) == yajl_status_ok;

    yajl_free(parser);
    return takes;
}

/* False when ${text} has a byte that yajl may judge wrongly. yajl accepts bytes that are not UTF-8,
 * and accepts \f and \v as white space. */
static inline bool yajl_can_judge(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x80 || text[i] == '\f' || text[i] == '\v')
            return false;
    }
    return true;
}

/*
 * True when yajl accepts ${text} as an item of an array. It is checked as an item of an array,
 * because yajl does not notice an incomplete string after a complete value. A text that closes the
 * array itself can still end with such a string. So a quote is added at the end: it completes the
 * string, and then yajl refuses the text.
 */
static inline bool yajl_takes_item(const char *text, size_t len)
{
    char *array = malloc(len + 3);

    must(array != NULL);
    array[0] = '[';
    memcpy(array + 1, text, len);
    array[len + 1] = ']';
    array[len + 2] = '"';
    bool takes = yajl_takes(array, len + 2) && yajl_takes(array, len + 3);
    free(array);
    return takes;
}

#endif
