/* See cache_policy_windows.h. */
#include "bff/base/clock.h"
#include "bff/cache/cache_policy_windows.h"

bool cache_policy_windows_are_forbidden(const struct cache_control *control)
{
    return control->no_cache || control->must_revalidate || control->proxy_revalidate;
}

/* ${own_s} is the response's number of seconds, and ${rule_ms} the rule's time. */
static int64_t window_ns(const struct cache_control *control, int64_t own_s, uint32_t rule_ms)
{
    if (cache_policy_windows_are_forbidden(control))
        return 0;
    if (own_s != CACHE_CONTROL_ABSENT)
        return own_s * CLOCK_S;
    return control->s_maxage == CACHE_CONTROL_ABSENT ? rule_ms * CLOCK_MS : 0;
}

struct cache_policy_windows cache_policy_windows(const struct cache_rule *rule,
                                                 const struct cache_control *control)
{
    return (struct cache_policy_windows){
        .revalidate_ns =
            window_ns(control, control->stale_while_revalidate, rule->stale_while_revalidate_ms),
        .error_ns = window_ns(control, control->stale_if_error, rule->stale_if_error_ms)};
}

bool cache_policy_windows_are_open(const struct cache_rule *rule,
                                   const struct cache_control *control)
{
    struct cache_policy_windows windows = cache_policy_windows(rule, control);

    return windows.revalidate_ns > 0 || windows.error_ns > 0;
}
