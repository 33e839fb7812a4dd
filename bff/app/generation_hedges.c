/* See generation_hedges.h. */
#include "bff/app/generation_hedges.h"
#include "bff/base/registry.h"
#include "bff/upstream/call.h"
#include "bff/upstream/latency.h"

/* Makes a plan that uses the times of earlier calls. The registry has them under ${name}. */
static const struct call_hedge_plan *learn(struct generation *generation, struct text name)
{
    struct call_hedge_plan *plan = pool_zero(generation->pool, sizeof(*plan));

    plan->learned = latency_hold(registry_of_process(), name);
    generation_keep(generation, plan->learned);
    return plan;
}

static const struct call_hedge_plan *after(struct generation *generation, uint32_t after_ms)
{
    struct call_hedge_plan *plan = pool_zero(generation->pool, sizeof(*plan));

    plan->after_ms = after_ms;
    return plan;
}

/* Rows with the same path and service share the times of their calls. */
static void hold_of_routes(struct generation *generation)
{
    const struct plain_routes *routes = &generation->config.routes;

    for (size_t i = 0; i < routes->count; i++) {
        struct plain_route *route = &routes->rows[i];
        if (route->hedges_p95)
            route->hedge =
                learn(generation, pool_print(generation->pool, "route %.*s to %s",
                                             TEXT_ARGS(route->path), route->service->name));
        else if (route->hedge_ms > 0)
            route->hedge = after(generation, route->hedge_ms);
    }
}

static void hold_of_parts(struct generation *generation, const struct plan *plan)
{
    for (size_t i = 0; i < plan->part_count; i++) {
        struct plan_part *part = &plan->parts[i];
        if (part->row->hedge_ms == BFF_HEDGE_P95)
            part->hedge = learn(generation, pool_print(generation->pool, "part %s %s",
                                                       plan->composite->route, part->row->name));
        else if (part->row->hedge_ms > 0)
            part->hedge = after(generation, part->row->hedge_ms);
    }
}

void generation_hedges_hold(struct generation *generation)
{
    hold_of_routes(generation);
    for (size_t i = 0; i < generation->pages.count; i++)
        hold_of_parts(generation, generation->pages.plans[i]);
}
