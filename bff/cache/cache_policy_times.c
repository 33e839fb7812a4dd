/* See cache_policy.h. This file sets the times of an entry. */
#include "bff/base/clock.h"
#include "bff/cache/cache_age.h"
#include "bff/cache/cache_control.h"
#include "bff/cache/cache_field.h"
#include "bff/cache/cache_freshness.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_policy_windows.h"

/* The rule's ttl counts from the call, less the Age that other caches have counted. It does not
 * count from the response's Date, because a service with a wrong clock would then lose its cache
 * without any message. */
static int64_t rule_fresh_ns(const struct cache_rule *rule, const struct cache_entry *entry)
{
    struct text age = cache_field_find(entry->fields, entry->field_count, "age");

    return entry->asked_ns - cache_age_read_s(age) * CLOCK_S + rule->ttl_ms * CLOCK_MS;
}

/* A 304 may bring these directives to an entry that is stored already. With must-understand,
 * cache_policy_may_store has decided about no-store. */
static bool is_never_fresh(const struct cache_control *control)
{
    return control->no_cache || control->is_private ||
           (control->no_store && !control->must_understand);
}

static int64_t fresh_ns(const struct cache_rule *rule, const struct cache_entry *entry,
                        const struct cache_control *control, int64_t wall_s)
{
    int64_t own_s = cache_freshness_s(control, entry->fields, entry->field_count, wall_s);

    if (is_never_fresh(control))
        return entry->born_ns;
    if (own_s != CACHE_FRESHNESS_UNKNOWN)
        return entry->born_ns + own_s * CLOCK_S;
    return rule_fresh_ns(rule, entry);
}

void cache_policy_set_times(const struct cache_rule *rule, struct cache_entry *entry,
                            int64_t asked_ns, int64_t now_ns, int64_t wall_ms)
{
    struct cache_control control = cache_control_of(entry->fields, entry->field_count);
    struct cache_policy_windows windows = cache_policy_windows(rule, &control);
    struct cache_age_times times = {
        .asked_ns = asked_ns,
        .now_ns = now_ns,
        .wall_ms = wall_ms,
        .age = cache_field_find(entry->fields, entry->field_count, "age"),
        .date = cache_field_find(entry->fields, entry->field_count, "date"),
    };

    entry->asked_ns = asked_ns;
    entry->born_ns = cache_age_born_ns(&times);
    entry->fresh_ns = fresh_ns(rule, entry, &control, wall_ms / 1000);
    entry->stale_ns = entry->fresh_ns + windows.revalidate_ns;
    entry->failed_ns = entry->fresh_ns + windows.error_ns;
    entry->must_revalidate = cache_policy_windows_are_forbidden(&control) ||
                             (control.s_maxage != CACHE_CONTROL_ABSENT &&
                              windows.revalidate_ns == 0 && windows.error_ns == 0);
}
