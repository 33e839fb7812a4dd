/* See cache.h and cache_slot.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/cache/cache.h"
#include "bff/cache/cache_shared.h"
#include "bff/cache/cache_slot.h"
#include "bff/cache/cache_store.h"

static bool is_flying(unsigned flight) { return flight % 2 == 1; }

struct cache_slot *cache_slot_new(struct cache *cache, uint64_t hash, struct text key)
{
    struct cache_slot *slot = memory_new(sizeof(*slot) + key.len);
    char *copy = (char *)(slot + 1);

    if (key.len > 0)
        memcpy(copy, key.at, key.len);
    slot->cache = cache;
    slot->hash = hash;
    slot->key = (struct text){copy, key.len};
    atomic_init(&slot->references, 1);
    atomic_fetch_add(&cache->slots, 1);
    return slot;
}

void cache_slot_free(struct cache_slot *slot)
{
    cache_store_clear(slot);
    atomic_fetch_sub(&slot->cache->slots, 1);
    memory_free(slot);
}

/* The references of a slot that was taken out may only grow: nobody looks at them any more. */
bool cache_slot_hold(struct cache_slot *slot)
{
    return (atomic_fetch_add(&slot->references, 1) & CACHE_SLOT_GONE) == 0;
}

/* The last reference to an empty slot goes over to the sweeper, which takes the slot out. The
 * sweeper may also remove the entry just after this function has seen it. Then the slot is in
 * SIEVE's queue, and the hand finds it there. */
void cache_slot_release(struct cache_slot *slot)
{
    struct cache *cache = slot->cache;
    unsigned seen = atomic_load(&slot->references);

    must(seen > 0 && seen < CACHE_SLOT_GONE);
    do
        if (seen == 1 && cache_cell_is_empty(&slot->cell) && cache_sweep_hand(slot)) {
            cache_sweep_run(cache);
            return;
        }
    while (!atomic_compare_exchange_weak(&slot->references, &seen, seen - 1));
}

struct cache_entry *cache_slot_entry(struct cache_slot *slot)
{
    struct cache_entry *entry = cache_cell_take(&slot->cell);

    if (entry == NULL)
        return NULL;
    if (cache_stamps_cover(slot->cache->stamps, entry)) {
        cache_store_remove(slot, entry);
        cache_entry_release(entry);
        return NULL;
    }
    if (!atomic_load_explicit(&slot->is_visited, memory_order_relaxed))
        atomic_store_explicit(&slot->is_visited, true, memory_order_relaxed);
    return entry;
}

void cache_slot_drop(struct cache_slot *slot) { cache_store_clear(slot); }

/* Flights. */

unsigned cache_slot_flight(const struct cache_slot *slot) { return atomic_load(&slot->flight); }

bool cache_slot_lead_after(struct cache_slot *slot, unsigned flight)
{
    return !is_flying(flight) && atomic_compare_exchange_strong(&slot->flight, &flight, flight + 1);
}

bool cache_slot_lead(struct cache_slot *slot)
{
    return cache_slot_lead_after(slot, cache_slot_flight(slot));
}

/* When another flight has just begun, that one is said to be slow. Then some requests do not wait
 * for it. */
void cache_slot_tell_slow(struct cache_slot *slot)
{
    atomic_store(&slot->slow_flight, atomic_load(&slot->flight));
}

bool cache_slot_is_slow(const struct cache_slot *slot)
{
    unsigned flight = atomic_load(&slot->flight);

    return is_flying(flight) && atomic_load(&slot->slow_flight) == flight;
}

/* cache_wait.c says why no wait is forgotten. */
void cache_slot_end(struct cache_slot *slot, struct cache_entry *entry)
{
    if (entry != NULL)
        cache_store_put(slot, entry);
    must(is_flying(atomic_fetch_add(&slot->flight, 1)));
    uint64_t waiting = atomic_exchange(&slot->waiting, 0);
    if (waiting != 0)
        cache_places_ring(&slot->cache->places, waiting, (uint64_t)1 << cache_slot_group(slot));
}
