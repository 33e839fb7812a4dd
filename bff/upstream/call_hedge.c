/* See call_hedge.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_hedge.h"
#include "bff/upstream/call_limit.h"
#include "bff/upstream/call_retry.h"
#include "bff/upstream/latency.h"

/* The user of the call decides which methods do not change data. The methods of retries, if there
 * are any, limit them further. */
static bool may_hedge(const struct call *call)
{
    const struct call_ask *ask = call->ask;
    const struct service_settings *settings = call->service->settings;
    const struct text *methods = settings->retry.methods;

    return ask->hedge != NULL && settings->hedge_percent > 0 && call->service->balance.count > 1 &&
           ask->only == NULL && !ask->wants_upgrade && ask->may_repeat && !ask->at_most_once &&
           !call_try_is_long(ask) &&
           (methods == NULL || call_retry_has_method(methods, ask->method));
}

void call_hedge_first(struct call *call, int64_t now_ns)
{
    const struct call_hedge_plan *plan = call->ask->hedge;
    int64_t after_ns;

    if (!may_hedge(call))
        return;
    service_state_earn(&call->service->state->hedges, now_ns);
    after_ns = plan->after_ms > 0 ? plan->after_ms * CLOCK_MS : latency_p95_ns(plan->learned);
    if (after_ns > 0)
        call->hedge_ns = now_ns + after_ns;
}

static bool may_ask(struct call *call, int64_t now_ns)
{
    const struct service_state_budget budget = {call->service->settings->hedge_percent, 0};

    return !call->has_head && call_try_is_under_way(call->try) &&
           call_limit_has_time(call, now_ns) && call_has_other(call, now_ns) &&
           service_state_spend(&call->service->state->hedges, &budget, now_ns);
}

void call_hedge_ask(struct call *call, int64_t now_ns)
{
    call->hedge_ns = INT64_MAX;
    must(call->second == NULL);
    if (!may_ask(call, now_ns) || !call_choose(call, now_ns))
        return;
    call->second = memory_new(sizeof(*call->second));
    call_init_try(call, call->second);
    call->second->is_hedge = true;
    call->is_hedged = true;
    call_begin(call, call->second, now_ns);
}

struct call_try *call_hedge_rival(struct call *call, const struct call_try *try)
{
    struct call_try *other = try == &call->own ? call->second : &call->own;

    return other != NULL && call_try_is_under_way(other) ? other : NULL;
}

static void learn(const struct call *call, const struct call_try *winner, int status)
{
    const struct call_hedge_plan *plan = call->ask->hedge;
    int64_t now_ns = winner->attempt.first_byte_ns;

    if (plan != NULL && plan->learned != NULL &&
        call_try_outcome(REASON_NONE, status) == ENDPOINT_WORKED)
        latency_add(plan->learned, now_ns - call->began_ns, now_ns);
}

void call_hedge_decide(struct call *call, struct call_try *winner, const struct exchange_head *head)
{
    struct call_try *loser = call_hedge_rival(call, winner);
    struct call_report over;

    learn(call, winner, head->status);
    call->hedge_ns = INT64_MAX;
    if (call->is_hedged)
        call_show(call, winner);
    call->has_hedge_won = winner->is_hedge;
    if (loser == NULL)
        return;
    call_try_stop(loser, REASON_NONE);
    call_try_report(loser, true, &over);
    call_queue_attempt_ended(call);
}

void call_hedge_free(struct call *call)
{
    call->try = &call->own;
    memory_free(call->second);
    call->second = NULL;
}
