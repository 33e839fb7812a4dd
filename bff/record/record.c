/* See record.h. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/base/random.h"
#include "bff/record/record.h"

#define WORKERS_MAX 256
#define LINE_BYTES 64 /* of a cache, so that workers do not share one */
#define EPOCH_DIGITS 16
#define WATCHED_NS (60 * 1000 * CLOCK_MS) /* the page asks each half second */

/* The requests of one worker, the oldest first. */
struct ring {
    _Alignas(LINE_BYTES) pthread_mutex_t lock;
    struct record_entry *first, *last;
    _Atomic uint64_t oldest; /* the number of ${first}; UINT64_MAX: there is none */
};

struct record {
    struct ring rings[WORKERS_MAX];
    _Atomic uint64_t number; /* of the last request */
    _Atomic unsigned used;   /* the rings from here on have never had a request */
    _Atomic size_t count, bytes;
    _Atomic size_t most, most_bytes;
    _Atomic bool keeps_answers;
    _Atomic int64_t watched_ns; /* when somebody has last looked */
    char epoch[EPOCH_DIGITS];
};

static void init(void *object, struct text name)
{
    struct record *record = object;
    struct random random;

    random_seed(&random);
    random_hex(&random, record->epoch, sizeof(record->epoch));
    atomic_init(&record->watched_ns, INT64_MIN / 2);
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        must(pthread_mutex_init(&record->rings[i].lock, NULL) == 0);
        atomic_init(&record->rings[i].oldest, UINT64_MAX);
    }
}

static void dispose(void *object)
{
    struct record *record = object;

    for (size_t i = 0; i < WORKERS_MAX; i++) {
        struct record_entry *next, *at = record->rings[i].first;
        for (; at != NULL; at = next) {
            next = at->next;
            record_entry_release(at);
        }
        pthread_mutex_destroy(&record->rings[i].lock);
    }
}

static const struct registry_kind kind = {
    .bytes = sizeof(struct record), .init = init, .dispose = dispose};

struct record *record_hold(struct registry *registry)
{
    return registry_hold(registry, &kind, (struct text){0});
}

void record_configure(struct record *record, const struct record_settings *settings)
{
    atomic_store(&record->most, settings->requests);
    atomic_store(&record->most_bytes, settings->bytes);
    atomic_store(&record->keeps_answers, settings->answers == RECORD_ANSWERS_ALWAYS);
}

bool record_keeps_answers(const struct record *record, int64_t now_ns)
{
    return atomic_load(&record->keeps_answers) ||
           now_ns - atomic_load(&record->watched_ns) < WATCHED_NS;
}

/* Adding. */

static void append(struct record *record, struct ring *ring, struct record_entry *entry)
{
    must(pthread_mutex_lock(&ring->lock) == 0);
    entry->number = atomic_fetch_add(&record->number, 1) + 1;
    entry->next = NULL;
    if (ring->first == NULL) {
        ring->first = entry;
        atomic_store(&ring->oldest, entry->number);
    } else {
        ring->last->next = entry;
    }
    ring->last = entry;
    must(pthread_mutex_unlock(&ring->lock) == 0);
}

static struct ring *oldest_ring(struct record *record)
{
    unsigned used = atomic_load(&record->used);
    struct ring *oldest = &record->rings[0];

    for (unsigned i = 1; i < used; i++)
        if (atomic_load(&record->rings[i].oldest) < atomic_load(&oldest->oldest))
            oldest = &record->rings[i];
    return oldest;
}

/* Removes the oldest request. Another worker may have just done it, and then it does nothing. */
static void drop_oldest(struct record *record)
{
    struct ring *ring = oldest_ring(record);
    struct record_entry *entry;

    must(pthread_mutex_lock(&ring->lock) == 0);
    entry = ring->first;
    if (entry != NULL) {
        ring->first = entry->next;
        record_entry_warm(ring->first);
        atomic_store(&ring->oldest, ring->first == NULL ? UINT64_MAX : ring->first->number);
        atomic_fetch_sub(&record->count, 1);
        atomic_fetch_sub(&record->bytes, entry->bytes);
    }
    must(pthread_mutex_unlock(&ring->lock) == 0);
    record_entry_release(entry);
}

static bool is_too_much(const struct record *record)
{
    size_t count = atomic_load(&record->count);

    return count > 0 && (count > atomic_load(&record->most) ||
                         atomic_load(&record->bytes) > atomic_load(&record->most_bytes));
}

static void use(struct record *record, unsigned worker)
{
    unsigned used = atomic_load(&record->used);

    while (used <= worker && !atomic_compare_exchange_weak(&record->used, &used, worker + 1))
        ;
}

void record_add(struct record *record, unsigned worker, struct record_entry *entry)
{
    must(worker < WORKERS_MAX);
    use(record, worker);
    atomic_fetch_add(&record->bytes, entry->bytes);
    atomic_fetch_add(&record->count, 1);
    append(record, &record->rings[worker], entry);
    while (is_too_much(record))
        drop_oldest(record);
}

/* Looking. */

/* Locks the lists that have had a request, and returns how many they are. A worker that uses its
 * list for the first time meanwhile comes in, or takes its number after all that are locked. */
static unsigned lock_used(struct record *record)
{
    unsigned count = 0;

    while (count < atomic_load(&record->used))
        must(pthread_mutex_lock(&record->rings[count++].lock) == 0);
    return count;
}

static void unlock(struct record *record, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        must(pthread_mutex_unlock(&record->rings[i].lock) == 0);
}

static int by_number(const void *a, const void *b)
{
    const struct record_entry *const *one = a, *const *other = b;

    return (*one)->number < (*other)->number ? -1 : (*one)->number > (*other)->number;
}

/* Returns the entries of the first ${used} lists after ${after}, in their order, in a list that the
 * caller frees. */
static struct record_entry **gather(const struct record *record, unsigned used, uint64_t after,
                                    size_t *count)
{
    struct record_entry **all = NULL;
    size_t room = 0;

    *count = 0;
    for (unsigned i = 0; i < used; i++)
        for (struct record_entry *at = record->rings[i].first; at != NULL; at = at->next) {
            if (at->number <= after)
                continue;
            if (*count == room) {
                room = room * 2 + 64;
                all = memory_grow(all, room * sizeof(struct record_entry *));
            }
            all[(*count)++] = at;
        }
    if (*count > 0)
        qsort(all, *count, sizeof(struct record_entry *), by_number);
    return all;
}

/* All lists are locked at the same time. So no request can come later with a smaller number than
 * one that is in the result. */
size_t record_last(struct record *record, uint64_t after, size_t most, struct record_entry **out)
{
    size_t count, first;

    atomic_store(&record->watched_ns, clock_now_ns());
    unsigned used = lock_used(record);
    struct record_entry **all = gather(record, used, after, &count);
    size_t taken = count < most ? count : most;
    first = after == 0 ? count - taken : 0;
    for (size_t i = 0; i < taken; i++)
        out[i] = record_entry_hold(all[first + i]);
    unlock(record, used);
    memory_free(all);
    return taken;
}

static struct record_entry *find_in(struct ring *ring, uint64_t number)
{
    struct record_entry *at;

    must(pthread_mutex_lock(&ring->lock) == 0);
    for (at = ring->first; at != NULL && at->number != number;)
        at = at->next;
    if (at != NULL)
        record_entry_hold(at);
    must(pthread_mutex_unlock(&ring->lock) == 0);
    return at;
}

struct record_entry *record_find(struct record *record, uint64_t number)
{
    struct record_entry *found = NULL;
    unsigned used = atomic_load(&record->used);

    for (unsigned i = 0; i < used && found == NULL; i++)
        found = find_in(&record->rings[i], number);
    return found;
}

size_t record_bytes(const struct record *record, size_t *requests)
{
    *requests = atomic_load(&record->count);
    return atomic_load(&record->bytes);
}

struct text record_epoch(const struct record *record)
{
    return (struct text){record->epoch, sizeof(record->epoch)};
}
