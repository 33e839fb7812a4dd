/* See limit_calendar.h. The state is the number of the period since 1970 and a count. */
#include "bff/limit/limit_calendar.h"

static const int64_t lengths_s[LIMIT_PERIODS] = {60, 3600, 86400};

/* Returns the requests that ${state} has counted in the period with the number ${number}. */
static uint64_t counted(uint64_t state, int64_t number)
{
    return limit_state_since(state, number) == 0 ? limit_state_count(state) : 0;
}

uint64_t limit_calendar_count(const struct limit_rule *rule, size_t period, uint64_t state,
                              const struct limit_now *now, uint32_t cost, struct limit_verdict *out)
{
    int64_t length_ms = lengths_s[period] * 1000, number = now->wall_ms / length_ms;
    uint64_t count = counted(state, number), limit = rule->periods[period];
    bool is_refused = count + cost > limit;

    if (!is_refused)
        count += cost;
    uint32_t left_ms = (uint32_t)(length_ms - now->wall_ms % length_ms);
    *out = (struct limit_verdict){
        .is_refused = is_refused,
        .limit = (uint32_t)limit,
        .remaining = count < limit ? (uint32_t)(limit - count) : 0,
        .window_s = (uint32_t)lengths_s[period],
        .reset_ms = left_ms,
        .retry_after_ms = is_refused ? left_ms : 0,
    };
    return is_refused ? state : limit_state_of(number, count);
}

uint64_t limit_calendar_state(size_t period, const struct limit_now *now, uint64_t count)
{
    return limit_state_of(now->wall_ms / (lengths_s[period] * 1000), count);
}

uint64_t limit_calendar_take_back(size_t period, uint64_t state, const struct limit_now *now,
                                  uint32_t cost)
{
    int64_t number = now->wall_ms / (lengths_s[period] * 1000);
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
