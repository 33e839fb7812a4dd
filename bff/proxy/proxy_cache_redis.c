/* See proxy_cache.h. The leader of a flight asks the second level of the cache. */
#include "bff/base/clock.h"
#include "bff/proxy/proxy_cache.h"

#define QUESTIONS_MOST 2 /* the slot of the key may say that there are variants */

/* What is in Redis may be what this process has already. */
static bool is_better(const struct proxy_cached *cached, const struct cache_entry *entry)
{
    return entry != NULL &&
           (cached->entry == NULL || entry->asked_ns > cached->entry->asked_ns + CLOCK_MS);
}

/* The entry goes to the slot, for all who wait. Then this request looks again, as they do. */
static void on_got(struct cache_redis_get *get, struct cache_entry *entry)
{
    struct proxy_cached *cached = H2O_STRUCT_FROM_MEMBER(struct proxy_cached, get, get);

    cached->is_asking = false;
    if (is_better(cached, entry)) {
        cache_slot_end(cached->slot, entry);
        cached->is_leading = false;
    } else {
        cached->has_nothing = true;
    }
    cache_entry_release(entry);
    cached->ended(cached->cookie);
}

/* True when an entry that is newer would be of use. */
static bool is_needed(const struct proxy_cached *cached, int64_t now_ns)
{
    return cached->ask.cache_redis != NULL && cached->questions < QUESTIONS_MOST &&
           (cached->entry == NULL || cached->entry->fresh_ns <= now_ns);
}

bool proxy_cache_redis_ask(struct proxy_cached *cached, int64_t now_ns)
{
    struct cache_redis_ask ask = {.key = cached->slot_key,
                                  .body_most = cached->ask.route->cache.max_body};

    if (!is_needed(cached, now_ns))
        return false;
    cached->questions++;
    cached->get.done = on_got;
    cached->is_asking =
        cache_redis_get(cached->ask.cache_redis, cached->worker->cache, &cached->get, &ask);
    return cached->is_asking;
}
