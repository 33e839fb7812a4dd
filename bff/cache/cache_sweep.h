/*
 * The sweeper makes the changes that only one thread at a time may make: it removes entries when
 * there are too many bytes, takes unused slots out, and frees them when no reader can reach them
 * any more. A worker becomes the sweeper for a moment when there is work. When another worker is
 * the sweeper already, it does this work, too. Nobody waits.
 *
 * A slot in the cache is always in at least one of these states: somebody has a reference to it; it
 * was handed over to the sweeper, which has a reference then; it is in SIEVE's queue, so the hand
 * will reach it. So no unused slot is forgotten.
 */
#ifndef BFF_CACHE_CACHE_SWEEP_H
#define BFF_CACHE_CACHE_SWEEP_H

#include "bff/cache/cache_sieve.h"
#include "bff/cache/cache_slot.h"

struct cache_sweep {
    atomic_bool is_on;                 /* a thread is the sweeper */
    struct cache_slot *_Atomic handed; /* slots that were handed over, the last one first */

    /* The sweeper's own. */
    struct cache_sieve sieve;
    struct cache_slot *gone_first, *gone_last; /* taken out, and not freed yet */
};

/* Hands ${slot} over, because it has got an entry, or because it is unused. One reference goes over
 * to the sweeper. Returns false when the slot is handed over already; then the reference does not
 * go over. */
bool cache_sweep_hand(struct cache_slot *slot);

/* Does the work that there is, unless another thread is doing it. */
void cache_sweep_run(struct cache *cache);

/* Frees what has been taken out. No thread uses the cache any more. */
void cache_sweep_dispose(struct cache_sweep *sweep);

#endif
