/*
 * See limit_table.h.
 *
 * A bucket has a lock, which is held for some ten instructions and a step. Compare-and-swap (CAS)
 * alone is not enough: a bucket's key, state and use are three words, and small states repeat. So a
 * thread that was paused between them would take the state of another key for the one that it
 * knew.
 */
#include <sched.h>
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/base/hash.h"
#include "bff/base/memory.h"
#include "bff/base/secret_hash.h"
#include "bff/limit/limit_table.h"

#define LINE_BYTES ((size_t)64)
#define PLACES 7           /* of a bucket; with the lock, their keys are one cache line */
#define PLACES_FOR_A_KEY 2 /* so that few buckets are full with the planned number of keys */

#define SPINS 100 /* before a thread that waits for a lock lets others run */

/* A use in a word: share, time of the last use, time when the limit is whole. Times have a unit of
 * 2^TICK_BITS ms and TIME_BITS bits (1 year). */
#define TICK_BITS 7
#define TIME_BITS 28
#define TIME_MOST ((UINT64_C(1) << TIME_BITS) - 1)

struct bucket {
    _Atomic uint64_t is_locked;
    uint64_t keys[PLACES]; /* 0: empty; places are filled in order */
    uint64_t states[PLACES + 1];
    uint64_t uses[PLACES + 1];
};

_Static_assert(sizeof(struct bucket) == 3 * LINE_BYTES, "a bucket is three cache lines");

struct limit_table {
    struct secret_hash secret;
    void *memory;
    struct bucket *buckets;
    size_t count;
};

/* The lock of a bucket. Its holder waits for nothing. It can only be paused by the kernel; then the
 * others yield. */

static void lock(struct bucket *bucket)
{
    for (unsigned spins = 0; atomic_exchange_explicit(&bucket->is_locked, 1, memory_order_acquire);)
        if (++spins % SPINS == 0)
            sched_yield();
}

static void unlock(struct bucket *bucket)
{
    atomic_store_explicit(&bucket->is_locked, 0, memory_order_release);
}

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

static size_t oldest(const struct bucket *bucket, int64_t now_ms)
{
    size_t best = 0;
    uint64_t best_age = 0;

    for (size_t i = 0; i < PLACES; i++) {
        uint64_t age = age_of(bucket->uses[i], now_ms);
        if (age < best_age)
            continue;
        best = i;
        best_age = age;
    }
    return best;
}

/* Returns the place of ${key}, to which it is put if it has none. */
static size_t place_of(struct bucket *bucket, uint64_t key, int64_t now_ms)
{
    size_t place = 0;

    while (place < PLACES && bucket->keys[place] != key && bucket->keys[place] != 0)
        place++;
    if (place < PLACES && bucket->keys[place] == key)
        return place;
    if (place == PLACES)
        place = oldest(bucket, now_ms);
    bucket->keys[place] = key;
    bucket->states[place] = 0;
    return place;
}

void limit_table_change(struct limit_table *table, uint64_t hash, int64_t now_ms,
                        limit_table_step step, void *cookie)
{
    struct bucket *bucket = &table->buckets[(hash >> 32) * table->count >> 32];
    struct limit_table_use use;

    lock(bucket);
    size_t place = place_of(bucket, hash == 0 ? 1 : hash, now_ms);
    bucket->states[place] = step(cookie, bucket->states[place], &use);
    bucket->uses[place] = pack_use(now_ms, use);
    unlock(bucket);
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
