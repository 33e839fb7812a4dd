/*
 * See cache_places.h.
 *
 * Why nothing is freed while a reader can reach it: a reader stores its epoch and then reads the
 * pointers of the cache. The sweeper changes these pointers and then reads the places. All four are
 * sequentially consistent. So either the sweeper sees that the reader is in an epoch, or the reader
 * sees the new pointers.
 */
#include "bff/base/check.h"
#include "bff/cache/cache_places.h"

void cache_places_init(struct cache_places *places) { atomic_init(&places->epoch, 1); }

static void raise_top(struct cache_places *places, unsigned top)
{
    unsigned seen = atomic_load(&places->top);

    while (seen < top && !atomic_compare_exchange_weak(&places->top, &seen, top))
        ;
}

struct cache_place *cache_places_take(struct cache_places *places, struct bell *bell)
{
    unsigned i = 0;

    while (i < CACHE_PLACES_MAX && atomic_exchange(&places->places[i].is_taken, true))
        i++;
    must(i < CACHE_PLACES_MAX);
    atomic_store(&places->places[i].bell, bell);
    raise_top(places, i + 1);
    return &places->places[i];
}

void cache_places_give_back(struct cache_place *place)
{
    must(atomic_load(&place->since) == 0);
    atomic_store(&place->bell, NULL);
    atomic_store(&place->is_taken, false);
}

uint64_t cache_places_next(struct cache_places *places)
{
    return atomic_fetch_add(&places->epoch, 1);
}

uint64_t cache_places_oldest(struct cache_places *places)
{
    uint64_t oldest = UINT64_MAX;
    unsigned top = atomic_load(&places->top);

    for (unsigned i = 0; i < top; i++) {
        uint64_t since = atomic_load(&places->places[i].since);
        if (since != 0 && since < oldest)
            oldest = since;
    }
    return oldest;
}

uint64_t cache_places_bit(const struct cache_places *places, const struct cache_place *place)
{
    return (uint64_t)1 << (place - places->places) % CACHE_PLACES_WORD;
}

static void ring(struct cache_place *place, uint64_t group)
{
    struct bell *bell = atomic_load(&place->bell);

    if (bell == NULL)
        return;
    atomic_fetch_or(&place->ended, group);
    bell_ring(bell);
}

void cache_places_ring(struct cache_places *places, uint64_t mask, uint64_t group)
{
    unsigned top = atomic_load(&places->top);

    for (; mask != 0; mask &= mask - 1)
        for (unsigned i = (unsigned)__builtin_ctzll(mask); i < top; i += CACHE_PLACES_WORD)
            ring(&places->places[i], group);
}
