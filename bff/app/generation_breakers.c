/* See generation_breakers.h. */
#include "bff/app/generation_breakers.h"
#include "bff/base/registry.h"
#include "bff/upstream/breaker.h"

static struct breaker *hold(struct generation *generation, struct text name)
{
    struct breaker *breaker = breaker_hold(registry_of_process(), name);

    generation_keep(generation, breaker);
    return breaker;
}

/* Rows with the same path and service share a breaker. */
static void hold_of_routes(struct generation *generation)
{
    const struct plain_routes *routes = &generation->config.routes;

    for (size_t i = 0; i < routes->count; i++) {
        struct plain_route *route = &routes->rows[i];
        if (route->has_breaker)
            route->breaker =
                hold(generation, pool_print(generation->pool, "route %.*s to %s",
                                            TEXT_ARGS(route->path), route->service->name));
    }
}

static void hold_of_parts(struct generation *generation, const struct plan *plan)
{
    for (size_t i = 0; i < plan->part_count; i++) {
        struct plan_part *part = &plan->parts[i];
        if (part->row->has_breaker)
            part->breaker = hold(generation, pool_print(generation->pool, "part %s %s",
                                                        plan->composite->route, part->row->name));
    }
}

void generation_breakers_hold(struct generation *generation)
{
    hold_of_routes(generation);
    for (size_t i = 0; i < generation->pages.count; i++)
        hold_of_parts(generation, generation->pages.plans[i]);
}
