/* See cache_sieve.h. */
#include "bff/cache/cache_sieve.h"

void cache_sieve_add(struct cache_sieve *sieve, struct cache_slot *slot)
{
    slot->newer = NULL;
    slot->older = sieve->newest;
    if (sieve->newest == NULL)
        sieve->oldest = slot;
    else
        sieve->newest->newer = slot;
    sieve->newest = slot;
    atomic_store(&slot->is_queued, true);
}

void cache_sieve_take_out(struct cache_sieve *sieve, struct cache_slot *slot)
{
    if (sieve->hand == slot)
        sieve->hand = slot->newer;
    if (slot->newer == NULL)
        sieve->newest = slot->older;
    else
        slot->newer->older = slot->older;
    if (slot->older == NULL)
        sieve->oldest = slot->newer;
    else
        slot->older->newer = slot->newer;
    atomic_store(&slot->is_queued, false);
}

struct cache_slot *cache_sieve_next(struct cache_sieve *sieve)
{
    struct cache_slot *slot = sieve->hand == NULL ? sieve->oldest : sieve->hand;

    sieve->hand = slot == NULL ? NULL : slot->newer;
    return slot;
}
