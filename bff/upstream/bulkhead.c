/*
 * See bulkhead.h.
 *
 * Why no waiter is forgotten while a slot is free: a call that gives a slot back, and a call that
 * begins to wait, both change the same atomic word. So either the first one sees the waiter and
 * rings, or the second one sees the slot. A waiter that leaves without a slot rings for the next
 * one, because the ring may have been meant for it.
 */
#include <limits.h>
#include <stdalign.h>
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/upstream/bulkhead.h"

#define ONE_IN_FLIGHT ((uint64_t)1)
#define ONE_WAITING ((uint64_t)1 << 32)
#define WORD_BITS 64
#define WORDS (BULKHEAD_QUEUES / WORD_BITS)
#define NO_QUEUE UINT_MAX

/* A queue that has waiters, as the other workers see it. */
struct place {
    _Atomic int64_t since_ns; /* of its first waiter; 0: it has none */
    struct bell *_Atomic bell;
};

struct bulkhead {
    /* Lower half: calls in flight. Upper half: calls that wait. */
    alignas(64) _Atomic uint64_t counts;

    alignas(64) _Atomic uint64_t used[WORDS]; /* the mask of places that queues have */
    struct place places[BULKHEAD_QUEUES];
};

static const struct registry_kind kind = {.bytes = sizeof(struct bulkhead)};

static uint32_t in_flight(uint64_t counts) { return (uint32_t)counts; }

static uint32_t waiting(uint64_t counts) { return (uint32_t)(counts >> 32); }

struct bulkhead *bulkhead_hold(struct registry *registry, struct text name)
{
    return registry_hold(registry, &kind, name);
}

struct bulkhead_report bulkhead_read(const struct bulkhead *bulkhead)
{
    uint64_t counts = atomic_load(&bulkhead->counts);

    return (struct bulkhead_report){.in_flight = in_flight(counts), .waiting = waiting(counts)};
}

/* Places. */

/* Takes a place for ${queue}. Returns false when all are taken. */
static bool take_place(struct bulkhead_queue *queue)
{
    struct bulkhead *shared = queue->shared;

    for (unsigned word = 0; word < WORDS; word++) {
        uint64_t seen = atomic_load(&shared->used[word]);
        while (seen != UINT64_MAX) {
            uint64_t bit = ~seen & (seen + 1); /* the lowest bit that is not set */
            if (!atomic_compare_exchange_weak(&shared->used[word], &seen, seen | bit))
                continue;
            queue->place = word * WORD_BITS + (unsigned)__builtin_ctzll(bit);
            atomic_store(&shared->places[queue->place].bell, queue->bell);
            return true;
        }
    }
    return false;
}

static struct bulkhead_waiter *first(struct bulkhead_queue *queue)
{
    return h2o_linklist_is_empty(&queue->waiters)
               ? NULL
               : H2O_STRUCT_FROM_MEMBER(struct bulkhead_waiter, link, queue->waiters.next);
}

/* Tells the other workers who is first in ${queue}. Without waiters the place is given back. */
static void publish(struct bulkhead_queue *queue)
{
    struct bulkhead *shared = queue->shared;
    struct bulkhead_waiter *waiter = first(queue);
    uint64_t bit = (uint64_t)1 << queue->place % WORD_BITS;

    atomic_store(&shared->places[queue->place].since_ns, waiter == NULL ? 0 : waiter->since_ns);
    if (waiter != NULL)
        return;
    atomic_fetch_and(&shared->used[queue->place / WORD_BITS], ~bit);
    bell_unlisten(&queue->listener);
}

/* Returns the place of the queue whose first waiter has waited longest, and stores in ${*since_ns}
 * since when. Returns NO_QUEUE when no call waits. */
static unsigned find_oldest(struct bulkhead *shared, int64_t *since_ns)
{
    unsigned oldest = NO_QUEUE;

    *since_ns = INT64_MAX;
    for (unsigned word = 0; word < WORDS; word++) {
        uint64_t left = atomic_load(&shared->used[word]);
        for (; left != 0; left &= left - 1) {
            unsigned place = word * WORD_BITS + (unsigned)__builtin_ctzll(left);
            int64_t place_ns = atomic_load(&shared->places[place].since_ns);
            if (place_ns == 0 || place_ns >= *since_ns)
                continue;
            *since_ns = place_ns;
            oldest = place;
        }
    }
    return oldest;
}

/* When the waiter that was found has left before the ring, the ring may be lost. Then this function
 * looks for another waiter. */
static void ring_oldest(struct bulkhead *shared)
{
    int64_t since_ns;
    unsigned place;

    while ((place = find_oldest(shared, &since_ns)) != NO_QUEUE) {
        bell_ring(atomic_load(&shared->places[place].bell));
        if (atomic_load(&shared->places[place].since_ns) == since_ns)
            return;
    }
}

/* Slots. */

static bool has_slot(const struct bulkhead_queue *queue, uint64_t counts)
{
    return in_flight(counts) < queue->max_in_flight;
}

bool bulkhead_enter(struct bulkhead_queue *queue)
{
    struct bulkhead *shared = queue->shared;
    uint64_t seen = atomic_load_explicit(&shared->counts, memory_order_relaxed);

    do {
        if (waiting(seen) > 0 || !has_slot(queue, seen))
            return false;
    } while (!atomic_compare_exchange_weak(&shared->counts, &seen, seen + ONE_IN_FLIGHT));
    return true;
}

/* A waiter takes a slot. */
static bool take_slot(struct bulkhead_queue *queue)
{
    struct bulkhead *shared = queue->shared;
    uint64_t seen = atomic_load(&shared->counts);

    do {
        if (!has_slot(queue, seen))
            return false;
    } while (
        !atomic_compare_exchange_weak(&shared->counts, &seen, seen + ONE_IN_FLIGHT - ONE_WAITING));
    return true;
}

void bulkhead_leave(struct bulkhead_queue *queue)
{
    uint64_t before = atomic_fetch_sub(&queue->shared->counts, ONE_IN_FLIGHT);

    must(in_flight(before) > 0);
    if (waiting(before) > 0)
        ring_oldest(queue->shared);
}

/* Reads the counts by an atomic change. So either this function sees a call that begins to wait, or
 * that call sees that the attempt has ended. */
void bulkhead_attempt_ended(struct bulkhead_queue *queue)
{
    if (queue->has_endpoint_limit && waiting(atomic_fetch_add(&queue->shared->counts, 0)) > 0)
        ring_oldest(queue->shared);
}

/* Waiting. */

/* Waiters of other queues may be able to use what the waiters of ${queue} could not. */
static void pass_on(struct bulkhead_queue *queue)
{
    uint64_t counts = atomic_load(&queue->shared->counts);

    if (waiting(counts) > 0 && has_slot(queue, counts))
        ring_oldest(queue->shared);
}

/* True when the first waiter of ${queue} has waited longest of all. */
static bool is_oldest(const struct bulkhead_queue *queue)
{
    int64_t since_ns;

    return find_oldest(queue->shared, &since_ns) == queue->place;
}

/* The first waiter goes, or waits again at the head of the queue. */
static void let_go(struct bulkhead_queue *queue)
{
    struct bulkhead_waiter *waiter = first(queue);

    h2o_linklist_unlink(&waiter->link);
    if (waiter->user->go(waiter)) {
        publish(queue);
        return;
    }
    h2o_linklist_insert(queue->waiters.next, &waiter->link);
    atomic_fetch_add(&queue->shared->counts, ONE_WAITING - ONE_IN_FLIGHT);
}

/* Lets waiters go while there are slots and endpoints for them. A waiter that could not go is
 * counted as waiting again before the next call of may_go. So no end of an attempt is missed. */
static void admit(struct bulkhead_queue *queue)
{
    struct bulkhead_waiter *waiter;

    while ((waiter = first(queue)) != NULL) {
        if (!has_slot(queue, atomic_load(&queue->shared->counts)) || !waiter->user->may_go(waiter))
            return;
        if (!is_oldest(queue))
            break;
        if (!take_slot(queue))
            return;
        let_go(queue);
    }
    pass_on(queue);
}

static void on_rung(struct bell_listener *listener)
{
    admit(H2O_STRUCT_FROM_MEMBER(struct bulkhead_queue, listener, listener));
}

/* Counts one more waiter. Returns false when there are as many as there may be. */
static bool count_waiter(struct bulkhead_queue *queue)
{
    struct bulkhead *shared = queue->shared;
    uint64_t seen = atomic_load(&shared->counts);

    do {
        if (waiting(seen) >= queue->length)
            return false;
    } while (!atomic_compare_exchange_weak(&shared->counts, &seen, seen + ONE_WAITING));
    return true;
}

bool bulkhead_wait(struct bulkhead_queue *queue, struct bulkhead_waiter *waiter, int64_t now_ns)
{
    bool is_first = first(queue) == NULL;

    if (!count_waiter(queue))
        return false;
    if (is_first && !take_place(queue)) {
        atomic_fetch_sub(&queue->shared->counts, ONE_WAITING);
        return false;
    }
    waiter->since_ns = now_ns;
    h2o_linklist_insert(&queue->waiters, &waiter->link);
    if (is_first) {
        bell_listen(queue->bell, &queue->listener);
        publish(queue);
    }
    admit(queue);
    return true;
}

void bulkhead_stop_waiting(struct bulkhead_queue *queue, struct bulkhead_waiter *waiter)
{
    uint64_t before = atomic_fetch_sub(&queue->shared->counts, ONE_WAITING);

    must(waiting(before) > 0);
    h2o_linklist_unlink(&waiter->link);
    publish(queue);
    pass_on(queue);
}

/* The queue. */

static bool has_endpoint_limit(const struct service_settings *settings)
{
    for (size_t i = 0; i < settings->endpoint_count; i++)
        if (settings->endpoints[i].max_in_flight > 0)
            return true;
    return false;
}

bool bulkhead_is_needed(const struct service_settings *settings)
{
    return settings->bulkhead.max_in_flight > 0 || has_endpoint_limit(settings);
}

void bulkhead_queue_init(struct bulkhead_queue *queue, struct bulkhead *shared, struct bell *bell,
                         const struct service_settings *settings)
{
    unsigned most = settings->bulkhead.max_in_flight;

    *queue = (struct bulkhead_queue){
        .shared = shared,
        .max_in_flight = most > 0 ? most : UINT_MAX,
        .length = settings->bulkhead.queue,
        .has_endpoint_limit = has_endpoint_limit(settings),
        .bell = bell,
        .listener = {.rung = on_rung},
    };
    h2o_linklist_init_anchor(&queue->waiters);
}
