/*
 * SIEVE (Zhang et al., NSDI 2024): the order in which entries are removed. It is a queue of slots
 * from the newest to the oldest, and a hand. A hit only sets a bit of the slot. The hand goes from
 * the oldest slot to the newest one, and then begins again. A slot that was visited stays in its
 * place and its bit is cleared; the first slot that was not visited loses its entry.
 *
 * Only the sweeper uses the queue.
 */
#ifndef BFF_CACHE_CACHE_SIEVE_H
#define BFF_CACHE_CACHE_SIEVE_H

#include "bff/cache/cache_slot.h"

struct cache_sieve {
    struct cache_slot *newest, *oldest, *hand; /* ${hand}: NULL: at the oldest */
};

/* Adds ${slot} as the newest one. */
void cache_sieve_add(struct cache_sieve *sieve, struct cache_slot *slot);

void cache_sieve_take_out(struct cache_sieve *sieve, struct cache_slot *slot);

/* Returns the slot at the hand, and moves the hand on; NULL: the queue is empty. */
struct cache_slot *cache_sieve_next(struct cache_sieve *sieve);

#endif
