/*
 * See limit_tokens.h. The state is the time at which the bucket is full, in nanoseconds (the
 * "theoretical arrival time" of GCRA). So nothing is lost by rounding when requests come often.
 */
#include "bff/limit/limit_tokens.h"

#define RATE_NS (1000 * CLOCK_S) /* ${rate} is for so many nanoseconds */

static uint32_t ms_of(int64_t ns)
{
    int64_t ms = (ns + CLOCK_MS - 1) / CLOCK_MS;

    return ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}

int64_t limit_tokens_time(const struct limit_rule *rule) { return RATE_NS / rule->rate; }

uint64_t limit_tokens_count(const struct limit_rule *rule, uint64_t state,
                            const struct limit_now *now, uint32_t cost, struct limit_verdict *out)
{
    int64_t token_ns = limit_tokens_time(rule), all_ns = rule->burst * token_ns;
    int64_t used_ns = (int64_t)state > now->ns ? (int64_t)state - now->ns : 0;
    if (used_ns > all_ns) /* the state is that of a rule with another burst or rate */
        used_ns = all_ns;
    int64_t over_ns = used_ns + cost * token_ns - all_ns;

    if (over_ns <= 0)
        used_ns += cost * token_ns;
    *out = (struct limit_verdict){
        .is_refused = over_ns > 0,
        .limit = rule->burst,
        .remaining = (uint32_t)((all_ns - used_ns) / token_ns),
        .window_s = (uint32_t)(((int64_t)ms_of(all_ns) + 999) / 1000),
        .reset_ms = ms_of(used_ns),
        .retry_after_ms = over_ns > 0 ? ms_of(over_ns) : 0,
    };
    return over_ns > 0 ? state : (uint64_t)(now->ns + used_ns);
}
