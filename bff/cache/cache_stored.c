/* See cache_stored.h. */
#include "bff/cache/cache_mark.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_stored.h"

static struct text no_field(void *cookie, const char *name) { return (struct text){0}; }

static const struct cache_request request = {.method = {"GET", 3}, .field = no_field};

enum cache_stored cache_stored_state(const struct cache_entry *entry, int64_t now_ns)
{
    if (entry == NULL)
        return CACHE_STORED_NOTHING;
    if (cache_mark_is(entry))
        return now_ns < entry->fresh_ns ? CACHE_STORED_PRIVATE : CACHE_STORED_NOTHING;
    switch (cache_policy_state(&request, entry, now_ns)) {
    case CACHE_FRESH:
        return CACHE_STORED_FRESH;
    case CACHE_STALE:
        return CACHE_STORED_STALE;
    default:
        return CACHE_STORED_NOTHING;
    }
}

bool cache_stored_may_fail_over(const struct cache_entry *entry, int64_t now_ns)
{
    return !cache_mark_is(entry) && cache_policy_may_fail_over(&request, entry, now_ns);
}
