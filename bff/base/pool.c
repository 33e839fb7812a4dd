/* See pool.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <h2o/memory.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/pool.h"

struct pool *pool_of(h2o_mem_pool_t *h2o_pool) { return (struct pool *)h2o_pool; }

static h2o_mem_pool_t *h2o_pool(struct pool *pool) { return (h2o_mem_pool_t *)pool; }

void *pool_take(struct pool *pool, size_t bytes)
{
    return h2o_mem_alloc_pool(h2o_pool(pool), bytes);
}

void *pool_zero(struct pool *pool, size_t bytes)
{
    return memset(pool_take(pool, bytes), 0, bytes);
}

struct text pool_text(struct pool *pool, struct text text)
{
    char *copy = pool_take(pool, text.len + 1);

    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    return (struct text){copy, text.len};
}

struct text pool_print(struct pool *pool, const char *format, ...)
{
    va_list args;

    must(format != NULL);
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    must(len >= 0);

    char *at = pool_take(pool, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(at, (size_t)len + 1, format, args);
    va_end(args);
    return (struct text){at, (size_t)len};
}

void *pool_shared(struct pool *pool, size_t bytes, void (*dispose)(void *object))
{
    void *object = h2o_mem_alloc_shared(h2o_pool(pool), bytes, dispose);

    return memset(object, 0, bytes);
}

struct pool *pool_new(void)
{
    h2o_mem_pool_t *pool = memory_new(sizeof(*pool));

    h2o_mem_init_pool(pool);
    return pool_of(pool);
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    h2o_mem_clear_pool(h2o_pool(pool));
    memory_free(pool);
}
