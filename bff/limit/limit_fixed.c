/* See limit_fixed.h. The state is the time of the window's first request and a count. */
#include "bff/limit/limit_fixed.h"

struct limit_verdict limit_fixed_verdict(const struct limit_rule *rule, uint64_t count,
                                         uint32_t left_ms)
{
    return (struct limit_verdict){
        .is_refused = count > rule->max,
        .limit = rule->max,
        .remaining = count > rule->max ? 0 : rule->max - (uint32_t)count,
        .window_s = (rule->window_ms + 999) / 1000,
        .reset_ms = left_ms,
        .retry_after_ms = left_ms,
    };
}

uint64_t limit_fixed_count(const struct limit_rule *rule, uint64_t state,
                           const struct limit_now *now, uint32_t cost, struct limit_verdict *out)
{
    int64_t now_ms = now->ns / CLOCK_MS, past_ms = limit_state_since(state, now_ms);

    if (state == 0 || past_ms < 0 || past_ms >= rule->window_ms) {
        past_ms = 0;
        state = limit_state_of(now_ms, 0);
    }
    uint64_t count = limit_state_count(state) + cost;
    *out = limit_fixed_verdict(rule, count, rule->window_ms - (uint32_t)past_ms);
    return limit_state_of(now_ms - past_ms, count);
}
