/*
 * The sweeper makes the changes that only one thread at a time may make: it removes entries when
 * there are too many bytes, takes unused slots out, and frees them when no reader can reach them
 * any more. Any worker becomes the sweeper for a moment, when there is work and no other worker is
 * the sweeper. A worker that is not, leaves the work to the other one. Nobody waits.
 *
 * A slot in the cache is always one of these: referenced; handed over to the sweeper, which has a
 * reference then; or in SIEVE's queue, where the hand will come by. So no unused slot is forgotten.
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
