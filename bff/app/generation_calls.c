/* See generation_calls.h. */
#include "bff/app/generation_calls.h"
#include "bff/app/generation_routes.h"
#include "bff/base/registry.h"
#include "bff/upstream/breaker.h"
#include "bff/upstream/call.h"
#include "bff/upstream/latency.h"

/* The registry has breakers and the times of earlier calls under the name of the route or part. */
static struct breaker *hold_breaker(struct generation *generation, struct text name)
{
    struct breaker *breaker = breaker_hold(registry_of_process(), name);

    generation_keep(generation, breaker);
    return breaker;
}

/* Returns a plan that uses the times of earlier calls. */
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

/* Rows with the same path and service have the same name. So they share what is found by it. */
static void prepare_route(struct generation *generation, struct plain_route *route)
{
    struct text name = pool_print(generation->pool, "route %.*s to %s", TEXT_ARGS(route->path),
                                  route->service->name);

    if (route->hedges_p95)
        route->hedge = learn(generation, name);
    else if (route->hedge_ms > 0)
        route->hedge = after(generation, route->hedge_ms);
    if (route->has_breaker)
        route->breaker = hold_breaker(generation, name);
}

static void prepare_part(struct generation *generation, const char *page, struct plan_part *part)
{
    const struct bff_part *row = part->row;
    struct text name = pool_print(generation->pool, "part %s %s", page, row->name);

    if (row->hedge_ms == BFF_HEDGE_P95)
        part->hedge = learn(generation, name);
    else if (row->hedge_ms > 0)
        part->hedge = after(generation, row->hedge_ms);
    if (row->has_breaker)
        part->breaker = hold_breaker(generation, name);
}

void generation_calls_prepare(struct generation *generation)
{
    const struct pages *pages = &generation->pages;

    generation_routes_each(generation, prepare_route);
    for (size_t i = 0; i < pages->count; i++)
        for (size_t j = 0; j < pages->plans[i]->part_count; j++)
            prepare_part(generation, pages->plans[i]->composite->route, &pages->plans[i]->parts[j]);
}
