/* See limit_leaky.h. The state is the time of the last request that was counted and its excess. As
 * in nginx, times are whole milliseconds, and what has flowed out since the last request is rounded
 * down to whole thousandths. */
#include "bff/limit/limit_leaky.h"

#define PAST_MOST_MS INT32_MAX /* so that its product with a rate fits into 63 bits */

static int64_t excess_of(const struct limit_rule *rule, uint64_t state, int64_t past_ms,
                         uint32_t cost)
{
    int64_t added = (int64_t)cost * LIMIT_LEAKY_REQUEST;

    if (state == 0)
        return added - LIMIT_LEAKY_REQUEST;
    int64_t excess =
        (int64_t)limit_state_count(state) - (int64_t)rule->rate * past_ms / 1000 + added;
    return excess > added - LIMIT_LEAKY_REQUEST ? excess : added - LIMIT_LEAKY_REQUEST;
}

/* Returns the milliseconds in which ${excess} flows out. */
static uint32_t time_of(const struct limit_rule *rule, int64_t excess)
{
    return excess <= 0 ? 0 : (uint32_t)((excess * 1000 + rule->rate - 1) / rule->rate);
}

/* Unlike time_of, nginx rounds down. */
static uint32_t delay_of(const struct limit_rule *rule, int64_t excess)
{
    if (rule->delay >= LIMIT_BURST_MOST || excess <= (int64_t)rule->delay * LIMIT_LEAKY_REQUEST)
        return 0;
    return (uint32_t)((excess - (int64_t)rule->delay * LIMIT_LEAKY_REQUEST) * 1000 / rule->rate);
}

uint64_t limit_leaky_count(const struct limit_rule *rule, uint64_t state,
                           const struct limit_now *now, uint32_t cost, struct limit_verdict *out)
{
    int64_t now_ms = now->ns / CLOCK_MS, past_ms = limit_state_since(state, now_ms);
    int64_t burst = (int64_t)rule->burst * LIMIT_LEAKY_REQUEST;

    if (past_ms < 0)
        past_ms = 0;
    if (past_ms > PAST_MOST_MS)
        past_ms = PAST_MOST_MS;
    int64_t excess = excess_of(rule, state, past_ms, cost);
    bool is_refused = excess > burst;
    int64_t left = is_refused ? excess - (int64_t)cost * LIMIT_LEAKY_REQUEST : excess;
    if (left < 0)
        left = 0;
    *out = (struct limit_verdict){
        .is_refused = is_refused,
        .limit = rule->burst + 1,
        .remaining = is_refused ? 0 : (uint32_t)((burst - excess) / LIMIT_LEAKY_REQUEST),
        .window_s = (time_of(rule, burst + LIMIT_LEAKY_REQUEST) + 999) / 1000,
        .reset_ms = time_of(rule, left),
        .retry_after_ms = is_refused ? time_of(rule, excess - burst) : 0,
        .delay_ms = is_refused ? 0 : delay_of(rule, excess),
    };
    return is_refused ? state : limit_state_of(now_ms, (uint64_t)excess);
}
