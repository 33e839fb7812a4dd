/* A text that grows in a pool: for heads and other lines whose length is not known before. */
#ifndef BFF_BASE_BUILD_H
#define BFF_BASE_BUILD_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

struct build {
    struct pool *pool;
    char *at;
    size_t len, capacity;
};

/* Begins with room for ${expected} bytes. */
void build_init(struct build *build, struct pool *pool, size_t expected);
void build_add(struct build *build, struct text text);

/* "name: value\r\n" */
void build_field(struct build *build, struct text name, struct text value);

static inline struct text build_text(const struct build *build)
{
    return (struct text){build->at, build->len};
}

#endif
