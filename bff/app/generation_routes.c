/* See generation_routes.h. */
#include "bff/app/generation_routes.h"
#include "bff/base/registry.h"

#define PORT_HTTP 80
#define PORT_HTTPS 443

/* What is known of a service, for all of its routes. */
struct known {
    const struct bff_service *service;
    struct plain_rewrite_map *maps;
    size_t map_count;
    struct text *origins;
    size_t origin_count;
};

void generation_routes_each(struct generation *generation,
                            void (*use)(struct generation *generation, struct plain_route *route))
{
    struct plain_routes *routes = &generation->config.routes;

    for (size_t i = 0; i < routes->count; i++) {
        struct plain_route *route = &routes->rows[i];
        if (route->service != NULL)
            use(generation, route);
        for (size_t j = 0; j < route->split.count; j++)
            use(generation, &route->split.choices[j]);
    }
}

/* Copies. */

static void to_set(struct plain_route *copy, struct text to)
{
    if (to.at == NULL)
        return;
    copy->to = to;
    copy->transform.path = (struct text){0};
}

static void split_prepare(struct generation *generation, struct plain_route *route)
{
    struct plain_split *split = &route->split;

    if (split->count == 0)
        return;
    plain_split_prepare(split, generation->pool);
    split->choices = pool_zero(generation->pool, split->count * sizeof(*split->choices));
    for (size_t i = 0; i < split->count; i++) {
        struct plain_route *choice = &split->choices[i];
        *choice = *route;
        choice->split = (struct plain_split){0};
        choice->service = split->rows[i].service;
        to_set(choice, split->rows[i].to);
    }
}

/* The counts survive a new configuration. */
static void mirror_prepare(struct generation *generation, struct plain_route *route)
{
    struct plain_mirror *mirror = &route->mirror;
    struct plain_route *copy;

    if (mirror->service == NULL)
        return;
    mirror->state = plain_mirror_hold(registry_of_process(),
                                      pool_print(generation->pool, "mirror %.*s to %s",
                                                 TEXT_ARGS(route->path), mirror->service->name));
    generation_keep(generation, mirror->state);
    copy = pool_zero(generation->pool, sizeof(*copy));
    *copy = *route;
    copy->split = (struct plain_split){0};
    copy->service = mirror->service;
    to_set(copy, mirror->to);
    mirror->route = copy;
}

/* Addresses. */

static struct plain_rewrite_map map_of(const struct plain_route *route, struct text to)
{
    if (to.at == NULL)
        to = route->to.at == NULL ? route->path : route->to;
    return (struct plain_rewrite_map){.to = to, .path = route->path};
}

/* The longest ${to} comes first; of equal ones, the first in the table. */
static void map_insert(struct known *known, struct plain_rewrite_map map)
{
    size_t at = known->map_count++;

    for (; at > 0 && known->maps[at - 1].to.len < map.to.len; at--)
        known->maps[at] = known->maps[at - 1];
    known->maps[at] = map;
}

/* What a service sends cannot be read as the values of captures. */
static void map_add(struct known *known, const struct plain_route *route)
{
    if (route->transform.has_captures || route->transform.path.at != NULL)
        return;
    if (route->service == known->service)
        map_insert(known, map_of(route, (struct text){0}));
    for (size_t i = 0; i < route->split.count; i++)
        if (route->split.rows[i].service == known->service)
            map_insert(known, map_of(route, route->split.rows[i].to));
}

static size_t most_maps(const struct plain_routes *routes)
{
    size_t count = 1;

    for (size_t i = 0; i < routes->count; i++)
        count += 1 + routes->rows[i].split.count;
    return count;
}

static void maps_make(struct generation *generation, struct known *known)
{
    const struct plain_routes *routes = &generation->config.routes;

    known->maps = pool_zero(generation->pool, most_maps(routes) * sizeof(*known->maps));
    for (size_t i = 0; i < routes->count; i++)
        if (plain_route_is_for_all(&routes->rows[i]))
            map_add(known, &routes->rows[i]);
}

/* A service may write the port that its scheme has anyway. */
static void origin_add(struct pool *pool, struct known *known,
                       const struct service_endpoint *endpoint)
{
    const char *scheme = endpoint->is_tls ? "https" : "http";
    unsigned port = endpoint->is_tls ? PORT_HTTPS : PORT_HTTP;

    known->origins[known->origin_count++] =
        pool_print(pool, "%s://%s", scheme, endpoint->authority);
    if (endpoint->port == port)
        known->origins[known->origin_count++] =
            pool_print(pool, "%s://%s:%u", scheme, endpoint->authority, port);
}

static void know(struct generation *generation, const struct service_settings *service,
                 struct known *out)
{
    struct pool *pool = generation->pool;

    *out = (struct known){.service = service->service};
    out->origins = pool_zero(pool, (2 * service->endpoint_count + 1) * sizeof(*out->origins));
    for (size_t i = 0; i < service->endpoint_count; i++)
        origin_add(pool, out, &service->endpoints[i]);
    maps_make(generation, out);
}

static const struct known *find(const struct known *known, const struct bff_service *service)
{
    while (known->service != service)
        known++;
    return known;
}

static void rewrite_prepare(struct plain_route *route, const struct known *all)
{
    struct plain_rewrite *rewrite = &route->rewrite;
    const struct known *known = find(all, route->service);

    rewrite->own = map_of(route, (struct text){0});
    rewrite->maps = known->maps;
    rewrite->map_count = known->map_count;
    rewrite->origins = known->origins;
    rewrite->origin_count = known->origin_count;
}

static void rewrites_prepare(struct generation *generation)
{
    const struct config *config = &generation->config;
    struct known *all = pool_zero(generation->pool, (config->service_count + 1) * sizeof(*all));

    for (size_t i = 0; i < config->service_count; i++)
        know(generation, &config->services[i], &all[i]);
    for (size_t i = 0; i < config->routes.count; i++) {
        struct plain_route *route = &config->routes.rows[i];
        if (route->service != NULL)
            rewrite_prepare(route, all);
        for (size_t j = 0; j < route->split.count; j++)
            rewrite_prepare(&route->split.choices[j], all);
    }
}

void generation_routes_prepare(struct generation *generation)
{
    const struct plain_routes *routes = &generation->config.routes;

    for (size_t i = 0; i < routes->count; i++) {
        mirror_prepare(generation, &routes->rows[i]);
        split_prepare(generation, &routes->rows[i]);
    }
    rewrites_prepare(generation);
}
