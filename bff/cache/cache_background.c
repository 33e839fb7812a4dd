/* See cache_background.h. */
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/cache/cache_background.h"

struct cache_background {
    atomic_uint count, most;
};

static const struct registry_kind kind = {.bytes = sizeof(struct cache_background)};

struct cache_background *cache_background_hold(struct registry *registry)
{
    return registry_hold(registry, &kind, TEXT(""));
}

void cache_background_set_limit(struct cache_background *background, unsigned most)
{
    atomic_store(&background->most, most);
}

bool cache_background_begin(struct cache_background *background)
{
    if (atomic_fetch_add(&background->count, 1) < atomic_load(&background->most))
        return true;
    cache_background_end(background);
    return false;
}

void cache_background_end(struct cache_background *background)
{
    must(atomic_fetch_sub(&background->count, 1) > 0);
}
