/* See text_builder.h. */
#include <string.h>

#include "bff/base/text_builder.h"

void text_builder_init(struct text_builder *builder, struct pool *pool, size_t expected)
{
    *builder =
        (struct text_builder){.pool = pool, .at = pool_take(pool, expected), .capacity = expected};
}

static void grow(struct text_builder *builder, size_t need)
{
    size_t capacity = builder->capacity * 2 > need ? builder->capacity * 2 : need;
    char *grown = pool_take(builder->pool, capacity);

    memcpy(grown, builder->at, builder->len);
    builder->at = grown;
    builder->capacity = capacity;
}

void text_builder_add(struct text_builder *builder, struct text text)
{
    if (text.len == 0)
        return;
    if (builder->len + text.len > builder->capacity)
        grow(builder, builder->len + text.len);
    memcpy(builder->at + builder->len, text.at, text.len);
    builder->len += text.len;
}

void text_builder_field(struct text_builder *builder, struct text name, struct text value)
{
    text_builder_add(builder, name);
    text_builder_add(builder, TEXT(": "));
    text_builder_add(builder, value);
    text_builder_add(builder, TEXT("\r\n"));
}
