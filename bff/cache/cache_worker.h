/* What one worker uses of the cache of the process. It lives as long as the worker. */
#ifndef BFF_CACHE_CACHE_WORKER_H
#define BFF_CACHE_CACHE_WORKER_H

#include <h2o/socket.h>

#include "bff/base/registry.h"
#include "bff/cache/cache.h"
#include "bff/cache/cache_background.h"
#include "bff/loop/bell.h"

/* The most bytes of a worker's responses that are being stored and that their first clients have
 * not taken yet. When there are more, responses are not stored, and wait for their clients. */
#define CACHE_WORKER_AHEAD_MAX ((size_t)64 * 1024 * 1024)

struct cache_worker {
    struct cache *cache;                 /* held */
    struct cache_background *background; /* held */
    struct cache_reader *reader;         /* the worker's own */
    struct bell *bell;                   /* which the reader uses */
    size_t ahead_bytes;                  /* see CACHE_WORKER_AHEAD_MAX */
};

/* To be called in the thread of ${loop}. ${name} is that of cache_hold. */
struct cache_worker *cache_worker_new(struct registry *registry, h2o_loop_t *loop,
                                      struct text name);

/* Nothing that uses the cache may be under way in this worker. NULL: does nothing. */
void cache_worker_free(struct cache_worker *worker);

#endif
