/* See coding.h. */
#include "bff/base/check.h"
#include "bff/coding/coding.h"

static const struct {
    const char *name;
    enum coding coding;
} names[] = {
    {"identity", CODING_IDENTITY}, {"gzip", CODING_GZIP},   {"br", CODING_BR},
    {"deflate", CODING_DEFLATE},   {"x-gzip", CODING_GZIP},
};

enum coding coding_of(struct text value)
{
    if (value.len == 0)
        return CODING_IDENTITY;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_equal_nocase(value, text_of(names[i].name)))
            return names[i].coding;
    return CODING_UNKNOWN;
}

struct text coding_name(enum coding coding)
{
    must(coding < CODING_UNKNOWN);
    return text_of(names[coding].name);
}
