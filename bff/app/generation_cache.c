/* See generation_cache.h. */
#include "bff/app/generation_cache.h"
#include "bff/app/generation_routes.h"
#include "bff/base/registry.h"
#include "bff/cache/cache.h"
#include "bff/cache/cache_background.h"
#include "bff/proxy/proxy_scope.h"

#define REFRESHED_BYTES ((size_t)64 * 1024 * 1024)

static void prepare_route(struct generation *generation, struct plain_route *route)
{
    if (route->cache.is_on)
        route->cache_scope = proxy_scope(generation->pool, route);
}

static bool has_routes(const struct plain_routes *routes)
{
    for (size_t i = 0; i < routes->count; i++)
        if (routes->rows[i].cache.is_on)
            return true;
    return false;
}

static bool has_part(const struct plan *plan)
{
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].cache.is_on)
            return true;
    return false;
}

static bool has_parts(const struct pages *pages)
{
    for (size_t i = 0; i < pages->count; i++)
        if (has_part(pages->plans[i]))
            return true;
    return false;
}

static void set_limits(struct generation *generation)
{
    struct cache *cache = cache_hold(registry_of_process(), (struct text){0});
    struct cache_background *background = cache_background_hold(registry_of_process());

    cache_set_limit(cache, generation->config.cache_bytes);
    cache_background_set_limit(background, generation->config.cache_refreshes);
    generation->cache = cache;
    generation_keep(generation, cache);
    generation_keep(generation, background);
}

/* Who comes with the old tokens of a session must find the new ones, so there must be room for many
 * sessions. */
static void prepare_sessions(struct generation *generation)
{
    struct cache *cache;

    if (!generation->config.session.is_on)
        return;
    cache = cache_hold(registry_of_process(), TEXT("refreshed"));
    cache_set_limit(cache, REFRESHED_BYTES);
    generation_keep(generation, cache);
}

void generation_cache_prepare(struct generation *generation)
{
    generation_routes_each(generation, prepare_route);
    prepare_sessions(generation);
    if (generation->config.cache_bytes > 0 &&
        (has_routes(&generation->config.routes) || has_parts(&generation->pages)))
        set_limits(generation);
}
