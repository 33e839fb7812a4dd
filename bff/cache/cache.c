/* See cache.h. The headers below have the parts of a cache. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/cache/cache.h"
#include "bff/cache/cache_cell.h"
#include "bff/cache/cache_places.h"
#include "bff/cache/cache_reader.h"
#include "bff/cache/cache_shared.h"
#include "bff/cache/cache_sieve.h"
#include "bff/cache/cache_slot.h"
#include "bff/cache/cache_stamps.h"
#include "bff/cache/cache_store.h"
#include "bff/cache/cache_sweep.h"
#include "bff/cache/cache_table.h"
#include "bff/cache/cache_wait.h"

static void cache_init(void *object, struct text name)
{
    struct cache *cache = object;

    secret_hash_seed(&cache->secret);
    cache_table_init(&cache->table);
    cache_places_init(&cache->places);
    cache->stamps = cache_stamps_new();
}

static void cache_dispose(void *object)
{
    struct cache *cache = object;

    must(cache_places_oldest(&cache->places) == UINT64_MAX);
    cache_table_dispose(&cache->table);
    cache_sweep_dispose(&cache->sweep);
    cache_stamps_free(cache->stamps);
    must(atomic_load(&cache->slots) == 0 && atomic_load(&cache->bytes) == 0 &&
         atomic_load(&cache->kept) == 0);
}

static const struct registry_kind kind = {
    .bytes = sizeof(struct cache), .init = cache_init, .dispose = cache_dispose};

struct cache *cache_hold(struct registry *registry, struct text name)
{
    return registry_hold(registry, &kind, name.at == NULL ? TEXT("") : name);
}

void cache_set_limit(struct cache *cache, size_t bytes)
{
    atomic_store(&cache->limit, bytes);
    cache_sweep_run(cache);
}

/* Slots. */

static struct cache_slot *add(struct cache *cache, uint64_t hash, struct text key)
{
    struct cache_slot *made = cache_slot_new(cache, hash, key);
    struct cache_slot *found = cache_table_insert(&cache->table, made);

    if (found == NULL)
        return made;
    cache_slot_free(made);
    return found;
}

struct cache_slot *cache_find(struct cache_reader *reader, struct text key)
{
    struct cache *cache = reader->cache;
    uint64_t hash = secret_hash_text(&cache->secret, key);

    cache_places_enter(&cache->places, reader->place);
    struct cache_slot *slot = cache_table_find(&cache->table, hash, key);
    if (slot == NULL)
        slot = add(cache, hash, key);
    cache_places_leave(reader->place);
    return slot;
}

/* Invalidation. */

void cache_invalidate_path(struct cache *cache, struct text path)
{
    cache_stamps_path(cache->stamps, path, clock_now_ns());
}

void cache_invalidate_prefix(struct cache *cache, struct text prefix)
{
    cache_stamps_prefix(cache->stamps, prefix, clock_now_ns());
}

void cache_invalidate_tag(struct cache *cache, struct text tag)
{
    cache_stamps_tag(cache->stamps, tag, clock_now_ns());
}

void cache_invalidate_all(struct cache *cache) { cache_stamps_all(cache->stamps, clock_now_ns()); }

bool cache_has_invalidated(struct cache *cache, struct cache_entry *entry)
{
    return cache_stamps_cover(cache->stamps, entry);
}

bool cache_is_crowded(const struct cache *cache)
{
    size_t kept = atomic_load_explicit(&cache->kept, memory_order_relaxed);

    return kept > 0 && kept >= atomic_load_explicit(&cache->limit, memory_order_relaxed);
}

struct cache_report cache_read(const struct cache *cache)
{
    return (struct cache_report){
        .limit = atomic_load(&cache->limit),
        .bytes = atomic_load(&cache->bytes),
        .entries = atomic_load(&cache->entries),
        .slots = atomic_load(&cache->slots),
        .evicted = atomic_load(&cache->evicted),
    };
}
