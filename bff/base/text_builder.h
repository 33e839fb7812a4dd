/* A text that grows in a pool: for heads and other lines whose length is not known before. */
#ifndef BFF_BASE_TEXT_BUILDER_H
#define BFF_BASE_TEXT_BUILDER_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

struct text_builder {
    struct pool *pool;
    char *at;
    size_t len, capacity;
};

/* Begins with room for ${expected} bytes. */
void text_builder_init(struct text_builder *builder, struct pool *pool, size_t expected);
void text_builder_add(struct text_builder *builder, struct text text);

/* "name: value\r\n" */
void text_builder_field(struct text_builder *builder, struct text name, struct text value);

static inline struct text text_builder_text(const struct text_builder *builder)
{
    return (struct text){builder->at, builder->len};
}

#endif
