/*
 * The memory pool of a request. Memory is allocated from it piece by piece, and all of it is freed
 * when the request ends. The pool is libh2o's h2o_mem_pool_t. This header hides libh2o from code
 * that does not need the server. Allocating never fails: the process ends when there is no memory,
 * as everywhere in libh2o.
 */
#ifndef BFF_BASE_POOL_H
#define BFF_BASE_POOL_H

#include <stddef.h>

#include "bff/base/text.h"

struct pool; /* an h2o_mem_pool_t under another name */
struct st_h2o_mem_pool_t;

/* Returns libh2o's pool as a pool of this header. Both are the same object. */
struct pool *pool_of(struct st_h2o_mem_pool_t *h2o_pool);

/* Returns ${bytes} bytes, aligned for any type. They are not cleared. */
void *pool_take(struct pool *pool, size_t bytes);

/* Does the same as pool_take, but the bytes are cleared. */
void *pool_zero(struct pool *pool, size_t bytes);

/* Returns a copy of ${text} that lives as long as the pool. A NUL follows it. */
struct text pool_text(struct pool *pool, struct text text);

/* Formats like printf and returns the text, which is in the pool. A NUL follows the text. */
struct text pool_print(struct pool *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Returns ${bytes} bytes of cleared memory for an object with a destructor: ${dispose} is called
 * with the object when the pool is freed.
 */
void *pool_shared(struct pool *pool, size_t bytes, void (*dispose)(void *object));

/* Makes a pool that does not belong to a request. */
struct pool *pool_new(void);

/* Frees a pool that pool_new has made. Does nothing for NULL. */
void pool_free(struct pool *pool);

#endif
