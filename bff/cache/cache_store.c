/* See cache_store.h. */
#include "bff/base/check.h"
#include "bff/cache/cache_shared.h"
#include "bff/cache/cache_store.h"

#define SPARE 32 /* this part of the limit is kept free */

size_t cache_store_aim(struct cache *cache)
{
    size_t limit = atomic_load_explicit(&cache->limit, memory_order_relaxed);

    return limit - limit / SPARE;
}

static size_t cost(const struct cache_slot *slot, const struct cache_entry *entry)
{
    return sizeof(*slot) + slot->key.len + entry->bytes;
}

/* ${entry} has been removed, and answers may still be sent from it. */
static void count_kept(struct cache *cache, struct cache_entry *entry)
{
    atomic_size_t *none = NULL;

    atomic_fetch_add(&cache->kept, entry->bytes);
    if (!atomic_compare_exchange_strong(&entry->kept, &none, &cache->kept))
        atomic_fetch_sub(&cache->kept, entry->bytes); /* it is counted already */
}

static void forget(struct cache_slot *slot, struct cache_entry *entry)
{
    count_kept(slot->cache, entry);
    atomic_fetch_sub(&slot->cache->bytes, cost(slot, entry));
    atomic_fetch_sub(&slot->cache->entries, 1);
    cache_entry_release(entry);
}

/* Counts ${bytes}. They are counted before they are stored, so the limit holds at every moment, but
 * for one entry of each thread. */
static bool make_room(struct cache *cache, size_t bytes)
{
    size_t total = atomic_fetch_add(&cache->bytes, bytes) + bytes;

    if (total > cache_store_aim(cache))
        cache_sweep_run(cache);
    if (atomic_load(&cache->bytes) <= atomic_load(&cache->limit))
        return true;
    atomic_fetch_sub(&cache->bytes, bytes);
    return false;
}

/* The slot becomes a member of SIEVE's queue. */
static void enqueue(struct cache_slot *slot)
{
    if (atomic_load(&slot->is_queued))
        return;
    atomic_fetch_add(&slot->references, 1);
    if (!cache_sweep_hand(slot))
        atomic_fetch_sub(&slot->references, 1); /* the caller has another one */
}

void cache_store_put(struct cache_slot *slot, struct cache_entry *entry)
{
    struct cache *cache = slot->cache;
    size_t bytes = cost(slot, entry);

    if (bytes > cache_store_aim(cache) || cache_stamps_cover(cache->stamps, entry) ||
        !make_room(cache, bytes))
        return;
    atomic_fetch_add(&cache->entries, 1);
    struct cache_entry *old = cache_cell_swap(&slot->cell, cache_entry_hold(entry));
    if (old != NULL)
        forget(slot, old);
    enqueue(slot);
    cache_sweep_run(cache);
}

bool cache_store_remove(struct cache_slot *slot, struct cache_entry *entry)
{
    bool is_removed = cache_cell_remove(&slot->cell, entry);

    if (is_removed)
        forget(slot, entry);
    return is_removed;
}

void cache_store_clear(struct cache_slot *slot)
{
    struct cache_entry *entry = cache_cell_swap(&slot->cell, NULL);

    if (entry != NULL)
        forget(slot, entry);
}
