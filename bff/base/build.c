/* See build.h. */
#include <string.h>

#include "bff/base/build.h"

void build_init(struct build *build, struct pool *pool, size_t expected)
{
    *build = (struct build){.pool = pool, .at = pool_take(pool, expected), .capacity = expected};
}

static void grow(struct build *build, size_t need)
{
    size_t capacity = build->capacity * 2 > need ? build->capacity * 2 : need;
    char *grown = pool_take(build->pool, capacity);

    memcpy(grown, build->at, build->len);
    build->at = grown;
    build->capacity = capacity;
}

void build_add(struct build *build, struct text text)
{
    if (text.len == 0)
        return;
    if (build->len + text.len > build->capacity)
        grow(build, build->len + text.len);
    memcpy(build->at + build->len, text.at, text.len);
    build->len += text.len;
}

void build_field(struct build *build, struct text name, struct text value)
{
    build_add(build, name);
    build_add(build, TEXT(": "));
    build_add(build, value);
    build_add(build, TEXT("\r\n"));
}
