/* See cache_worker.h. */
#include "bff/base/memory.h"
#include "bff/cache/cache_worker.h"

struct cache_worker *cache_worker_new(struct registry *registry, h2o_loop_t *loop, struct text name)
{
    struct cache_worker *worker = memory_new(sizeof(*worker));

    worker->cache = cache_hold(registry, name);
    worker->background = cache_background_hold(registry);
    worker->bell = bell_take(registry, loop);
    worker->reader = cache_reader_new(worker->cache, worker->bell);
    return worker;
}

void cache_worker_free(struct cache_worker *worker)
{
    if (worker == NULL)
        return;
    cache_reader_free(worker->reader);
    bell_return(worker->bell);
    registry_release(worker->background);
    registry_release(worker->cache);
    memory_free(worker);
}
