/* What yajl thinks of a text, where it can judge. */
#ifndef TESTS_UNIT_JSON_YAJL_H
#define TESTS_UNIT_JSON_YAJL_H

#include <stdbool.h>
#include <stddef.h>

#include <yajl/yajl_parse.h>

static inline bool yajl_takes(const char *text, size_t len)
{
    yajl_handle parser = yajl_alloc(NULL, NULL, NULL);
    bool takes = yajl_parse(parser, (const unsigned char *)text, len) == yajl_status_ok &&
                 yajl_complete_parse(parser) == yajl_status_ok;

    yajl_free(parser);
    return takes;
}

/* yajl lets through what is not UTF-8, takes \f and \v for white space, and overlooks a string cut
 * short behind the value: so the text is judged as the item of an array. */
static inline bool yajl_can_judge(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x80 || text[i] == '\f' || text[i] == '\v')
            return false;
    }
    return true;
}

#endif
