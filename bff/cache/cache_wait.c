/*
 * See cache_wait.h and cache.h.
 *
 * Why no wait is forgotten: the beginning of a wait sets the reader's bit in slot->waiting, and
 * then reads slot->flight. The end of the flight changes slot->flight, and then takes all bits out
 * of slot->waiting. These four steps are sequentially consistent. So either the end finds the bit
 * and rings the bell, or the beginning sees that the flight has ended and rings the bell itself.
 *
 * The end of a flight may also take out the bit of a reader that waits for the next flight of the
 * slot. Then the bell rings too early for that wait. So when a bell was rung, the reader sets its
 * bits again for all waits that go on, in the same way.
 */
#include "bff/base/check.h"
#include "bff/cache/cache_reader.h"
#include "bff/cache/cache_shared.h"
#include "bff/cache/cache_wait.h"

static struct cache_wait *wait_of(h2o_linklist_t *link)
{
    return H2O_STRUCT_FROM_MEMBER(struct cache_wait, link, link);
}

/* Sets the bit of the reader. Returns false when the flight has ended. */
static bool wait_on(struct cache_reader *reader, struct cache_wait *wait)
{
    uint64_t bit = cache_places_bit(&reader->cache->places, reader->place);

    atomic_fetch_or(&wait->slot->waiting, bit);
    return atomic_load(&wait->slot->flight) == wait->flight;
}

/* When no flight is under way, the number of the last one is remembered. */
void cache_wait_begin(struct cache_reader *reader, struct cache_wait *wait, struct cache_slot *slot,
                      void (*ended)(struct cache_wait *wait))
{
    unsigned flight = atomic_load(&slot->flight), group = cache_slot_group(slot);

    must(wait->slot == NULL);
    atomic_fetch_add(&slot->references, 1);
    *wait = (struct cache_wait){
        .slot = slot, .ended = ended, .flight = flight % 2 == 1 ? flight : flight - 1};
    h2o_linklist_insert(&reader->waits[group], &wait->link);
    if (wait_on(reader, wait))
        return;
    atomic_fetch_or(&reader->place->ended, (uint64_t)1 << group);
    bell_ring(reader->bell);
}

/* Returns the slot, whose reference goes over to the caller. */
static struct cache_slot *finish(struct cache_wait *wait)
{
    struct cache_slot *slot = wait->slot;

    h2o_linklist_unlink(&wait->link);
    wait->slot = NULL;
    return slot;
}

void cache_wait_end(struct cache_wait *wait)
{
    if (wait->slot != NULL)
        cache_slot_release(finish(wait));
}

/* Moves the waits that are over to ${over}. */
static void collect(struct cache_reader *reader, h2o_linklist_t *waits, h2o_linklist_t *over)
{
    for (h2o_linklist_t *at = waits->next, *next; at != waits; at = next) {
        next = at->next;
        if (wait_on(reader, wait_of(at)))
            continue;
        h2o_linklist_unlink(at);
        h2o_linklist_insert(over, at);
    }
}

/* A callback may end other waits, which takes them out of ${over}, and may begin new ones. */
void cache_wait_hear(struct cache_reader *reader)
{
    uint64_t groups = atomic_exchange(&reader->place->ended, 0);
    h2o_linklist_t over;

    h2o_linklist_init_anchor(&over);
    for (; groups != 0; groups &= groups - 1)
        collect(reader, &reader->waits[__builtin_ctzll(groups)], &over);
    while (!h2o_linklist_is_empty(&over)) {
        struct cache_wait *wait = wait_of(over.next);
        struct cache_slot *slot = finish(wait);
        wait->ended(wait);
        cache_slot_release(slot);
    }
}
