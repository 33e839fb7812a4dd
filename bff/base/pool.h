/*
 * A request's memory: taken, never given back one by one, gone with the request. The pool behind
 * it is libh2o's h2o_mem_pool_t; this header hides it from those who need no server.
 * Taking never fails: out of memory ends the process, as everywhere in libh2o.
 */
#ifndef BFF_BASE_POOL_H
#define BFF_BASE_POOL_H

#include <stddef.h>

#include "bff/base/text.h"

struct pool; /* an h2o_mem_pool_t under another name */
struct st_h2o_mem_pool_t;

/* A pool's view of libh2o's own; the two are the same object. */
struct pool *pool_of(struct st_h2o_mem_pool_t *h2o_pool);
struct st_h2o_mem_pool_t *pool_h2o(struct pool *pool);

/* ${bytes} bytes, aligned for any type; not cleared (take) or cleared (zero). */
void *pool_take(struct pool *pool, size_t bytes);
void *pool_zero(struct pool *pool, size_t bytes);

/* A copy of ${text} that lives as long as the pool, with a NUL behind it. */
struct text pool_text(struct pool *pool, struct text text);

/* printf into the pool. */
struct text pool_print(struct pool *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * An object with an end of its own: cleared memory of ${bytes}, and ${dispose} is called with it
 * when the pool goes.
 */
void *pool_shared(struct pool *pool, size_t bytes, void (*dispose)(void *object));

/* Pools that belong to no request: for boot and for tests. */
struct pool *pool_new(void);
void pool_free(struct pool *pool);

#endif
