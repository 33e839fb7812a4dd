/* See cache_stored.h. */
#include "bff/base/clock.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_stored.h"

static struct text no_field(void *cookie, const char *name) { return (struct text){0}; }

static const struct cache_request request = {.method = {"GET", 3}, .field = no_field};

static bool is_note(const struct cache_entry *entry) { return entry->status == 0; }

enum cache_stored cache_stored_state(const struct cache_entry *entry, int64_t now_ns)
{
    if (entry == NULL)
        return CACHE_STORED_NOTHING;
    if (is_note(entry))
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
    return !is_note(entry) && cache_policy_may_fail_over(&request, entry, now_ns);
}

struct cache_entry *cache_stored_private(struct text path, int64_t asked_ns)
{
    struct cache_entry *entry = cache_entry_new(&(struct cache_entry_parts){.path = path});

    entry->asked_ns = asked_ns;
    entry->born_ns = clock_now_ns();
    entry->fresh_ns = entry->stale_ns = entry->failed_ns =
        entry->born_ns + CACHE_STORED_PRIVATE_MS * CLOCK_MS;
    return entry;
}
