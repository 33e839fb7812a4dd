/*
 * See limit_table.h.
 *
 * A key is put into an empty place by one compare-and-swap (CAS) of the place's key. Places are
 * filled in order and never become empty again. So two threads that put the same key try the same
 * place, and one of them finds the key of the other.
 *
 * In a full bucket, a key replaces another one. The bucket's ticket says which: a key and a place
 * in one word. The thread that needs a place writes its ticket by CAS, and then carries it out; any
 * other thread that finds a ticket that is not carried out yet does this, too. The keys of a full
 * bucket change only by a ticket. So when the CAS of a ticket succeeds, no key has changed since
 * the ticket before was read, and the key is not in two places.
 *
 * While a ticket is carried out, the state is replaced first, by a mark that belongs to the new
 * key, and then the key. A thread that still counts the old key finds that the state has changed,
 * and begins again.
 *
 * The use of a place is written by CAS, too. So a thread that was paused cannot write the use of an
 * old key over that of the key which has the place now.
 */
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/base/hash.h"
#include "bff/base/memory.h"
#include "bff/base/secret_hash.h"
#include "bff/limit/limit_table.h"

#define LINE_BYTES ((size_t)64)
#define PLACES 7 /* of a bucket; with the ticket, their keys are one cache line */
#define PLACE_BITS UINT64_C(7)
#define NO_PLACE PLACES
#define PLACES_FOR_A_KEY 2 /* so that few buckets are full with the planned number of keys */

#define COUNTING_MS 1000 /* in which a new key is counted for the first time */

#define MARK (UINT64_C(1) << 63) /* in a state: the key is new in its place */

/* A use in a word: share, time of the last use, time when the limit is whole. Times have a unit of
 * 2^TICK_BITS ms and TIME_BITS bits (1 year). */
#define TICK_BITS 7
#define TIME_BITS 28
#define TIME_MOST ((UINT64_C(1) << TIME_BITS) - 1)

struct bucket {
    _Atomic uint64_t ticket;       /* a key, with the number of a place in its lowest bits; or 0 */
    _Atomic uint64_t keys[PLACES]; /* 0: empty */
    _Atomic uint64_t states[PLACES + 1];
    _Atomic uint64_t uses[PLACES + 1];
};

_Static_assert(sizeof(struct bucket) == 3 * LINE_BYTES, "a bucket is three cache lines");

struct limit_table {
    struct secret_hash secret;
    void *memory;
    struct bucket *buckets;
    size_t count;
};

/* The key as it is stored: never 0, and its lowest bits are free for the ticket. */
static uint64_t key_of(uint64_t hash)
{
    uint64_t key = hash & ~PLACE_BITS;

    return key == 0 ? PLACE_BITS + 1 : key;
}

static uint64_t mark_of(uint64_t key) { return MARK | key >> 1; }

/* Uses. */

static uint64_t pack_use(int64_t now_ms, struct limit_table_use use)
{
    uint64_t last = (uint64_t)now_ms >> TICK_BITS & TIME_MOST;
    uint64_t whole = (uint64_t)(now_ms + use.whole_ms + (1 << TICK_BITS)) >> TICK_BITS & TIME_MOST;

    return (uint64_t)use.share << 2 * TIME_BITS | last << TIME_BITS | whole;
}

/* Returns a number for each use: the larger, the better it is to forget the key. */
static uint64_t age_of(uint64_t use, int64_t now_ms)
{
    uint64_t now = (uint64_t)now_ms >> TICK_BITS & TIME_MOST;
    uint64_t idle = (now - (use >> TIME_BITS)) & TIME_MOST;
    bool is_whole = ((now - use) & TIME_MOST) < TIME_MOST / 2;
    uint64_t unused = UINT8_MAX - (use >> 2 * TIME_BITS);

    return is_whole ? UINT64_C(1) << 63 | idle : unused << TIME_BITS | idle;
}

/* Places. */

static size_t find(const struct bucket *bucket, uint64_t key)
{
    size_t place = 0;

    while (place < PLACES && atomic_load(&bucket->keys[place]) != key)
        place++;
    return place;
}

static size_t oldest(const struct bucket *bucket, int64_t now_ms)
{
    size_t best = 0;
    uint64_t best_age = 0;

    for (size_t i = 0; i < PLACES; i++) {
        uint64_t age = age_of(atomic_load(&bucket->uses[i]), now_ms);
        if (age < best_age)
            continue;
        best = i;
        best_age = age;
    }
    return best;
}

/* Carries out ${ticket}, unless it has been carried out. It does nothing when the bucket has a new
 * ticket, because that was only possible after this one had been carried out. */
static void carry_out(struct bucket *bucket, uint64_t ticket)
{
    size_t place = ticket & PLACE_BITS;
    uint64_t key = ticket & ~PLACE_BITS;

    while (ticket != 0) {
        uint64_t state = atomic_load(&bucket->states[place]);
        uint64_t before = atomic_load(&bucket->keys[place]);
        if (before == key || atomic_load(&bucket->ticket) != ticket)
            return;
        if (state == mark_of(key) ||
            atomic_compare_exchange_strong(&bucket->states[place], &state, mark_of(key)))
            atomic_compare_exchange_strong(&bucket->keys[place], &before, key);
    }
}

/* The use of a key that is being counted for the first time: it must not be forgotten meanwhile. */
static uint64_t first_use(int64_t now_ms)
{
    return pack_use(now_ms, (struct limit_table_use){.share = UINT8_MAX, .whole_ms = COUNTING_MS});
}

/* Puts ${key} into an empty place or replaces another key. When this fails because of another
 * thread, nothing is done. */
static void put(struct bucket *bucket, uint64_t key, int64_t now_ms)
{
    uint64_t ticket = atomic_load(&bucket->ticket), empty = 0;

    carry_out(bucket, ticket);
    if (find(bucket, key) != NO_PLACE)
        return;
    size_t place = find(bucket, 0);
    if (place != NO_PLACE) {
        atomic_compare_exchange_strong(&bucket->keys[place], &empty, key);
        return;
    }
    place = oldest(bucket, now_ms);
    uint64_t use = atomic_load(&bucket->uses[place]);
    if (!atomic_compare_exchange_strong(&bucket->ticket, &ticket, key | place))
        return;
    atomic_compare_exchange_strong(&bucket->uses[place], &use, first_use(now_ms));
    carry_out(bucket, key | place);
}

/* Returns the place of ${key}, to which it is put if it has none. */
static size_t place_of(struct bucket *bucket, uint64_t key, int64_t now_ms)
{
    size_t place = find(bucket, key);

    while (place == NO_PLACE) {
        put(bucket, key, now_ms);
        place = find(bucket, key);
    }
    return place;
}

/* Changes the state in ${place}. Returns false if another thread has changed it or the key. */
static bool change(struct bucket *bucket, size_t place, uint64_t key, limit_table_step step,
                   void *cookie, struct limit_table_use *use)
{
    uint64_t state = atomic_load(&bucket->states[place]);
    bool is_new = state == mark_of(key);

    if ((state & MARK) != 0 && !is_new) {
        carry_out(bucket, atomic_load(&bucket->ticket));
        return false;
    }
    if (atomic_load(&bucket->keys[place]) != key)
        return false;
    uint64_t next = step(cookie, is_new ? 0 : state, use);
    must((next & MARK) == 0);
    return atomic_compare_exchange_strong(&bucket->states[place], &state, next);
}

void limit_table_change(struct limit_table *table, uint64_t hash, int64_t now_ms,
                        limit_table_step step, void *cookie)
{
    struct bucket *bucket = &table->buckets[(hash >> 32) * table->count >> 32];
    uint64_t key = key_of(hash);
    struct limit_table_use use;
    uint64_t before;
    size_t place;

    do {
        place = place_of(bucket, key, now_ms);
        before = atomic_load(&bucket->uses[place]);
    } while (!change(bucket, place, key, step, cookie, &use));
    atomic_compare_exchange_strong(&bucket->uses[place], &before, pack_use(now_ms, use));
}

uint64_t limit_table_hash(const struct limit_table *table, uint64_t seed, struct text key)
{
    return hash_mix(secret_hash_text(&table->secret, key) ^ seed);
}

/* The table. */

static size_t buckets_for(size_t keys) { return (keys * PLACES_FOR_A_KEY + PLACES - 1) / PLACES; }

size_t limit_table_bytes(size_t keys)
{
    return sizeof(struct limit_table) + buckets_for(keys) * sizeof(struct bucket);
}

/* The memory is not aligned by the allocator, because it would then be written at once. So the
 * kernel gives pages only for buckets that are used. */
static void init(void *object, struct text name)
{
    struct limit_table *table = object;
    uint64_t keys = 0;

    must(text_number(name, UINT32_MAX, &keys) == 0 && keys > 0);
    table->count = buckets_for(keys);
    table->memory = memory_new(table->count * sizeof(struct bucket) + LINE_BYTES);
    uintptr_t at = ((uintptr_t)table->memory + LINE_BYTES - 1) & ~(uintptr_t)(LINE_BYTES - 1);
    table->buckets = (void *)at;
    secret_hash_seed(&table->secret);
}

static void dispose(void *object) { memory_free(((struct limit_table *)object)->memory); }

static const struct registry_kind kind = {
    .bytes = sizeof(struct limit_table), .init = init, .dispose = dispose};

struct limit_table *limit_table_hold(struct registry *registry, size_t keys)
{
    char digits[TEXT_DIGITS];

    return registry_hold(registry, &kind, text_digits(digits, keys));
}
