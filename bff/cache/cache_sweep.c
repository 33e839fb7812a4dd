/* See cache_sweep.h. */
#include "bff/base/clock.h"
#include "bff/cache/cache_shared.h"
#include "bff/cache/cache_store.h"
#include "bff/cache/cache_sweep.h"

#define ROUNDS_MAX 4   /* of one call, so that no thread does the work of all others for ever */
#define PATIENCE 1024  /* after so many visited slots, the next entry is removed in any case */
#define STEPS_MAX 4096 /* without an entry that could go */

bool cache_sweep_hand(struct cache_slot *slot)
{
    struct cache_sweep *sweep = &slot->cache->sweep;
    struct cache_slot *first = atomic_load(&sweep->handed);

    if (atomic_exchange(&slot->is_handed, true))
        return false;
    do
        slot->handed = first;
    while (!atomic_compare_exchange_weak(&sweep->handed, &first, slot));
    return true;
}

/* Slots that are taken out. */

/* ${slot} has no references. Readers may still reach it until it is freed. */
static void take_out(struct cache *cache, struct cache_slot *slot)
{
    struct cache_sweep *sweep = &cache->sweep;

    cache_store_clear(slot);
    if (atomic_load(&slot->is_queued))
        cache_sieve_take_out(&sweep->sieve, slot);
    cache_table_take_out(&cache->table, slot);
    slot->gone_in = atomic_load(&cache->places.epoch);
    slot->handed = NULL;
    if (sweep->gone_first == NULL)
        sweep->gone_first = slot;
    else
        sweep->gone_last->handed = slot;
    sweep->gone_last = slot;
}

static void free_first(struct cache_sweep *sweep)
{
    struct cache_slot *slot = sweep->gone_first;

    sweep->gone_first = slot->handed;
    cache_slot_free(slot);
}

static void free_gone(struct cache *cache)
{
    struct cache_sweep *sweep = &cache->sweep;

    if (sweep->gone_first == NULL)
        return;
    cache_places_next(&cache->places);
    uint64_t oldest = cache_places_oldest(&cache->places);
    while (sweep->gone_first != NULL && sweep->gone_first->gone_in < oldest)
        free_first(sweep);
}

void cache_sweep_dispose(struct cache_sweep *sweep)
{
    while (sweep->gone_first != NULL)
        free_first(sweep);
}

static void take_out_if_unused(struct cache *cache, struct cache_slot *slot)
{
    unsigned none = 0;

    if (atomic_compare_exchange_strong(&slot->references, &none, CACHE_SLOT_GONE))
        take_out(cache, slot);
}

/* Slots that were handed over. */

/* Drops the sweeper's reference. If it is the last one and the slot is empty, the slot is taken
 * out. */
static void drop(struct cache *cache, struct cache_slot *slot)
{
    unsigned seen = atomic_load(&slot->references), next;

    do
        next = seen == 1 && cache_cell_is_empty(&slot->cell) ? CACHE_SLOT_GONE : seen - 1;
    while (!atomic_compare_exchange_weak(&slot->references, &seen, next));
    if (next == CACHE_SLOT_GONE)
        take_out(cache, slot);
}

/* The flag is cleared before the cell is read. So a thread that stores an entry now hands the slot
 * over again, or its entry is seen here. */
static void take_in(struct cache *cache, struct cache_slot *slot)
{
    atomic_store(&slot->is_handed, false);
    if (!cache_cell_is_empty(&slot->cell) && !atomic_load(&slot->is_queued))
        cache_sieve_add(&cache->sweep.sieve, slot);
    drop(cache, slot);
}

/* Returns the slots in the order in which they were handed over. */
static struct cache_slot *take_handed(struct cache_sweep *sweep)
{
    struct cache_slot *from = atomic_exchange(&sweep->handed, NULL), *list = NULL;

    while (from != NULL) {
        struct cache_slot *next = from->handed;
        from->handed = list;
        list = from;
        from = next;
    }
    return list;
}

static void take_in_handed(struct cache *cache)
{
    for (struct cache_slot *slot = take_handed(&cache->sweep), *next; slot != NULL; slot = next) {
        next = slot->handed;
        take_in(cache, slot);
    }
}

/* Entries that are removed. */

static bool is_useful(struct cache *cache, struct cache_entry *entry, int64_t now_ns)
{
    return now_ns < cache_entry_last_ns(entry) && !cache_stamps_cover(cache->stamps, entry);
}

/* An entry that can only be used after a validation gets no second chance. */
static bool may_stay(struct cache_slot *slot, struct cache_entry *entry, int64_t now_ns)
{
    return atomic_load(&slot->is_visited) && is_useful(slot->cache, entry, now_ns);
}

/* Removes the entry, unless it ${may_stay}. Returns false when there is none, or it stays. */
static bool remove_entry(struct cache_slot *slot, int64_t now_ns, bool is_patient)
{
    struct cache_entry *entry = cache_cell_take(&slot->cell);
    bool is_removed = false;

    if (entry == NULL)
        return false;
    if (is_patient && may_stay(slot, entry, now_ns))
        atomic_store(&slot->is_visited, false);
    else
        is_removed = cache_store_remove(slot, entry);
    cache_entry_release(entry);
    return is_removed;
}

static bool is_too_full(struct cache *cache)
{
    return atomic_load(&cache->bytes) > cache_store_aim(cache);
}

/* Removes entries until the bytes are below the aim. */
static void evict(struct cache *cache)
{
    int64_t now_ns = clock_now_ns();
    unsigned steps = 0;
    struct cache_slot *slot;

    while (is_too_full(cache) && steps++ < STEPS_MAX &&
           (slot = cache_sieve_next(&cache->sweep.sieve)) != NULL) {
        if (remove_entry(slot, now_ns, steps < PATIENCE)) {
            atomic_fetch_add(&cache->evicted, 1);
            steps = 0;
        }
        if (cache_cell_is_empty(&slot->cell))
            take_out_if_unused(cache, slot);
    }
}

static void sweep_once(struct cache *cache)
{
    take_in_handed(cache);
    if (is_too_full(cache))
        evict(cache);
    free_gone(cache);
}

static bool has_work(struct cache *cache)
{
    return atomic_load(&cache->sweep.handed) != NULL || is_too_full(cache);
}

/* The sweeper looks for work again after it has cleared the flag. So it also does what another
 * thread has left to it. */
void cache_sweep_run(struct cache *cache)
{
    for (int i = 0; i < ROUNDS_MAX && has_work(cache); i++) {
        if (atomic_exchange(&cache->sweep.is_on, true))
            return;
        sweep_once(cache);
        atomic_store(&cache->sweep.is_on, false);
    }
}
