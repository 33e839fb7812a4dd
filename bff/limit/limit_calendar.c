/* See limit_calendar.h. The state is the number of the period since 1970 and a count. */
#include "bff/limit/limit_calendar.h"
#include "bff/limit/limit_period.h"

/* Returns the requests that ${state} has counted in the period with the number ${number}. */
static uint64_t counted(uint64_t state, int64_t number)
{
    return limit_state_since(state, number) == 0 ? limit_state_count(state) : 0;
}

uint64_t limit_calendar_count(const struct limit_rule *rule, size_t period, uint64_t state,
                              const struct limit_now *now, uint32_t cost, struct limit_verdict *out)
{
    struct limit_period at = limit_period_of(period, now->wall_ms);
    uint64_t count = counted(state, at.number), limit = rule->periods[period];
    bool is_refused = count + cost > limit;

    if (!is_refused)
        count += cost;
    *out = (struct limit_verdict){
        .is_refused = is_refused,
        .limit = (uint32_t)limit,
        .remaining = count < limit ? (uint32_t)(limit - count) : 0,
        .window_s = (uint32_t)(at.length_ms / 1000),
        .reset_ms = (uint32_t)at.left_ms,
        .retry_after_ms = is_refused ? (uint32_t)at.left_ms : 0,
    };
    return is_refused ? state : limit_state_of(at.number, count);
}

uint64_t limit_calendar_state(size_t period, const struct limit_now *now, uint64_t count)
{
    return limit_state_of(limit_period_of(period, now->wall_ms).number, count);
}

uint64_t limit_calendar_take_back(size_t period, uint64_t state, const struct limit_now *now,
                                  uint32_t cost)
{
    int64_t number = limit_period_of(period, now->wall_ms).number;
    uint64_t count = counted(state, number);

    return count < cost ? state : limit_state_of(number, count - cost);
}

const struct limit_verdict *limit_calendar_tighter(const struct limit_verdict *a,
                                                   const struct limit_verdict *b)
{
    if (a->is_refused != b->is_refused)
        return a->is_refused ? a : b;
    return b->remaining < a->remaining ? b : a;
}
