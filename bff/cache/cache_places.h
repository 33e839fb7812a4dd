/*
 * What the readers of a cache show to all threads. Each reader has one place.
 *
 * A place says whether its reader looks something up, and since which epoch. What is taken out of
 * the cache is freed when all readers have left the epoch in which it was taken out. A reader is in
 * an epoch only during a look-up, never across the loop.
 *
 * A place also has the bell that wakes its reader, and says why it was rung.
 */
#ifndef BFF_CACHE_CACHE_PLACES_H
#define BFF_CACHE_CACHE_PLACES_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bff/loop/bell.h"

#define CACHE_PLACES_MAX 1024 /* readers at the same time: 256 workers, and some generations */
#define CACHE_PLACES_WORD 64  /* places ${p} and ${p + 64} share a bit in masks of places */

struct cache_place {
    alignas(64) _Atomic uint64_t since; /* the epoch that its reader has entered; 0: none */
    _Atomic uint64_t ended;             /* groups of slots, a bit each, of which a flight ended */
    atomic_bool is_taken;
    struct bell *_Atomic bell;
};

struct cache_places {
    alignas(64) _Atomic uint64_t epoch; /* from 1 on */
    atomic_uint top;                    /* no place from here on was ever taken */
    struct cache_place places[CACHE_PLACES_MAX];
};

void cache_places_init(struct cache_places *places);

/* Takes a place for a reader with ${bell}. There must be one. */
struct cache_place *cache_places_take(struct cache_places *places, struct bell *bell);
void cache_places_give_back(struct cache_place *place);

/* Begins and ends a look-up. Look-ups of a place are not nested. */
static inline void cache_places_enter(struct cache_places *places, struct cache_place *place)
{
    atomic_store(&place->since, atomic_load(&places->epoch));
}

static inline void cache_places_leave(struct cache_place *place)
{
    atomic_store_explicit(&place->since, 0, memory_order_release);
}

/* Begins the next epoch. Returns the one before. */
uint64_t cache_places_next(struct cache_places *places);

/* Returns the oldest epoch in which a reader is; UINT64_MAX: none is. */
uint64_t cache_places_oldest(struct cache_places *places);

/* Returns the bit of ${place} in a mask of places. */
uint64_t cache_places_bit(const struct cache_places *places, const struct cache_place *place);

/* Tells all places in ${mask} that flights of ${group} (a bit) have ended, and rings their bells.
 * The calling thread must have taken a bell (bell.h). */
void cache_places_ring(struct cache_places *places, uint64_t mask, uint64_t group);

#endif
