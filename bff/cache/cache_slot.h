/* A slot, as the files of the cache see it. cache.h has its functions. */
#ifndef BFF_CACHE_CACHE_SLOT_H
#define BFF_CACHE_CACHE_SLOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/cache/cache_cell.h"

/* Added to the references of a slot that has been taken out of the cache. */
#define CACHE_SLOT_GONE (1u << 31)

struct cache_slot {
    struct cache *cache;
    uint64_t hash;
    struct text key;
    struct cache_slot *_Atomic next; /* in its chain (cache_table.h) */
    struct cache_cell cell;
    atomic_uint references;
    atomic_uint flight;       /* odd: under way; each beginning and each end adds 1 */
    atomic_uint slow_flight;  /* the last one that was said to be slow */
    _Atomic uint64_t waiting; /* mask of places that have waits (cache_places.h) */
    atomic_bool is_visited;   /* since the hand of SIEVE has passed */
    atomic_bool is_handed;    /* over to the sweeper, which has a reference then */
    atomic_bool is_queued;    /* in SIEVE's queue; only the sweeper writes it */

    /* The sweeper's own. */
    struct cache_slot *handed; /* the next one that was handed over, or that waits to be freed */
    struct cache_slot *newer, *older;
    uint64_t gone_in; /* the epoch in which it was taken out */
};

/* Makes a slot with one reference. ${key} is copied. */
struct cache_slot *cache_slot_new(struct cache *cache, uint64_t hash, struct text key);

/* Frees the slot and drops its entry. */
void cache_slot_free(struct cache_slot *slot);

/* Adds a reference to a slot that was found in the cache. Returns false when the slot has been
 * taken out. */
bool cache_slot_hold(struct cache_slot *slot);

/* The group of the slot, as a bit. Waits are found by it. */
#define CACHE_SLOT_GROUPS 64
static inline unsigned cache_slot_group(const struct cache_slot *slot)
{
    return (unsigned)(slot->hash >> 58);
}

#endif
