/*
 * See key_memory.h. Expired entries are removed in three ways: when their key is asked for, a few
 * at each claim, and all of them, at most once a second, when the memory is full.
 */
#include <pthread.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/pool.h"
#include "bff/store/key_answer.h"
#include "bff/store/key_memory.h"

#define BUCKETS ((size_t)4096)
#define SWEPT_AT_A_CLAIM 4 /* buckets */
#define SWEEP_ALL_MS 1000
#define ENTRIES_MOST ((size_t)1024 * 1024)

struct entry {
    struct entry *next; /* in its bucket */
    unsigned char name[KEY_CLAIM_NAME_BYTES];
    int64_t until_ms;
    int64_t run_until_ms; /* of a key that is running */
    size_t counted;       /* bytes */
    char *value;
    size_t len;
};

struct key_memory {
    pthread_mutex_t mutex;
    size_t limit, bytes, entries;
    size_t swept; /* the next bucket to sweep */
    int64_t swept_all_ms;
    struct entry *buckets[BUCKETS];
};

static void init(void *object, struct text name)
{
    struct key_memory *memory = object;

    must(pthread_mutex_init(&memory->mutex, NULL) == 0);
    memory->swept_all_ms = INT64_MIN / 2;
}

/* Returns the entry after the one that is removed. */
static struct entry *remove_entry(struct key_memory *memory, struct entry **place)
{
    struct entry *entry = *place;

    *place = entry->next;
    memory->bytes -= entry->counted;
    memory->entries--;
    memory_free(entry->value);
    memory_free(entry);
    return *place;
}

static void dispose(void *object)
{
    struct key_memory *memory = object;

    for (size_t i = 0; i < BUCKETS; i++)
        while (memory->buckets[i] != NULL)
            remove_entry(memory, &memory->buckets[i]);
    must(memory->bytes == 0 && memory->entries == 0);
    pthread_mutex_destroy(&memory->mutex);
}

static const struct registry_kind kind = {sizeof(struct key_memory), init, dispose};

struct key_memory *key_memory_hold(struct registry *registry)
{
    return registry_hold(registry, &kind, TEXT("idempotency keys"));
}

static void lock(struct key_memory *memory) { must(pthread_mutex_lock(&memory->mutex) == 0); }
static void unlock(struct key_memory *memory) { must(pthread_mutex_unlock(&memory->mutex) == 0); }

void key_memory_set_limit(struct key_memory *memory, size_t bytes)
{
    lock(memory);
    memory->limit = bytes;
    unlock(memory);
}

/* Finding. */

/* A name is a hash already. */
static struct entry **bucket_of(struct key_memory *memory, const unsigned char *name)
{
    uint64_t start;

    memcpy(&start, name, sizeof(start));
    return &memory->buckets[start % BUCKETS];
}

static void sweep(struct key_memory *memory, struct entry **place, int64_t now_ms)
{
    while (*place != NULL)
        if ((*place)->until_ms <= now_ms)
            remove_entry(memory, place);
        else
            place = &(*place)->next;
}

/* Returns the pointer to the entry of ${name}, which has not expired. The pointer is NULL when
 * there is no such entry. */
static struct entry **find(struct key_memory *memory, const unsigned char *name, int64_t now_ms)
{
    struct entry **place = bucket_of(memory, name);

    sweep(memory, place, now_ms);
    while (*place != NULL && memcmp((*place)->name, name, KEY_CLAIM_NAME_BYTES) != 0)
        place = &(*place)->next;
    return place;
}

/* Room. */

static bool has_room(const struct key_memory *memory, size_t bytes)
{
    return memory->bytes <= memory->limit && bytes <= memory->limit - memory->bytes &&
           memory->entries < ENTRIES_MOST;
}

static void sweep_some(struct key_memory *memory, int64_t now_ms)
{
    for (size_t i = 0; i < SWEPT_AT_A_CLAIM; i++)
        sweep(memory, &memory->buckets[memory->swept++ % BUCKETS], now_ms);
}

static bool make_room(struct key_memory *memory, size_t bytes, int64_t now_ms)
{
    sweep_some(memory, now_ms);
    if (has_room(memory, bytes))
        return true;
    if (now_ms - memory->swept_all_ms < SWEEP_ALL_MS)
        return false;
    memory->swept_all_ms = now_ms;
    for (size_t i = 0; i < BUCKETS; i++)
        sweep(memory, &memory->buckets[i], now_ms);
    return has_room(memory, bytes);
}

/* Values. */

static void set_value(struct entry *entry, struct text value)
{
    entry->value = memory_grow(entry->value, value.len);
    memcpy(entry->value, value.at, value.len);
    entry->len = value.len;
}

static struct text value_of(const struct entry *entry)
{
    return (struct text){entry->value, entry->len};
}

static void set_running(struct entry *entry, const struct key_claim *claim, enum key_answer_run run,
                        int64_t run_until_ms, int64_t now_ms)
{
    char running[KEY_ANSWER_RUNNING_BYTES];

    set_value(entry, key_answer_running(claim, run, running));
    entry->run_until_ms = run_until_ms;
    entry->until_ms = now_ms + claim->run_ms + claim->keep_ms;
}

static void add(struct key_memory *memory, const struct key_claim *claim, int64_t now_ms)
{
    struct entry *entry = memory_new(sizeof(*entry)), **bucket = bucket_of(memory, claim->name);

    memcpy(entry->name, claim->name, KEY_CLAIM_NAME_BYTES);
    entry->counted = sizeof(*entry) + KEY_MEMORY_RESERVE;
    set_running(entry, claim, KEY_ANSWER_FIRST, now_ms + claim->run_ms, now_ms);
    entry->next = *bucket;
    *bucket = entry;
    memory->bytes += entry->counted;
    memory->entries++;
}

/* Counts ${bytes} for ${entry}, in place of those before. */
static void count(struct key_memory *memory, struct entry *entry, size_t bytes)
{
    memory->bytes += bytes - entry->counted;
    entry->counted = bytes;
}

/* Nobody runs for the key any more. It needs no room for an answer: after a fault of a service,
 * many such keys are kept for long. */
static void leave(struct key_memory *memory, struct entry *entry, const struct key_claim *claim,
                  int64_t now_ms)
{
    set_running(entry, claim, KEY_ANSWER_AGAIN, now_ms, now_ms);
    count(memory, entry, sizeof(*entry) + entry->len);
}

/* Claims a key that has a value. Without room for its answer, the answer may be lost. */
static enum key_memory_end claim_again(struct key_memory *memory, struct entry *entry,
                                       const struct key_claim *claim, int64_t now_ms)
{
    size_t reserved = sizeof(*entry) + KEY_MEMORY_RESERVE;
    enum key_answer_run run;

    if (!key_answer_run_of(value_of(entry), &run) || now_ms < entry->run_until_ms ||
        !key_answer_is_like(claim, value_of(entry)))
        return KEY_MEMORY_FOUND;
    if (run == KEY_ANSWER_UNDOING)
        return KEY_MEMORY_UNDOING;
    set_running(entry, claim, KEY_ANSWER_AGAIN, now_ms + claim->run_ms, now_ms);
    if (entry->counted < reserved && make_room(memory, reserved - entry->counted, now_ms))
        count(memory, entry, reserved);
    return KEY_MEMORY_AGAIN;
}

enum key_memory_end key_memory_claim(struct key_memory *memory, const struct key_claim *claim,
                                     int64_t now_ms, struct pool *pool, struct text *found)
{
    enum key_memory_end end = KEY_MEMORY_FULL;

    lock(memory);
    struct entry *entry = *find(memory, claim->name, now_ms);
    if (entry != NULL) {
        end = claim_again(memory, entry, claim, now_ms);
        *found = pool_text(pool, value_of(entry));
    } else if (make_room(memory, sizeof(*entry) + KEY_MEMORY_RESERVE, now_ms)) {
        add(memory, claim, now_ms);
        end = KEY_MEMORY_SET;
    }
    unlock(memory);
    return end;
}

/* The owner. */

/* Returns where the entry is that is running for ${claim}; NULL: there is none. */
static struct entry **find_own(struct key_memory *memory, const struct key_claim *claim,
                               int64_t now_ms)
{
    struct entry **place = find(memory, claim->name, now_ms);

    return *place != NULL && key_answer_is_of(claim, value_of(*place)) ? place : NULL;
}

/* The entry itself gives room, and the claim has reserved some. */
static bool replace(struct key_memory *memory, struct entry *entry, struct text value,
                    int64_t until_ms)
{
    size_t counted = sizeof(*entry) + value.len;
    size_t others = memory->bytes - entry->counted;

    if (counted > entry->counted && (others > memory->limit || counted > memory->limit - others))
        return false;
    set_value(entry, value);
    count(memory, entry, counted);
    entry->until_ms = until_ms;
    return true;
}

bool key_memory_replace(struct key_memory *memory, const struct key_claim *claim, struct text value,
                        int64_t now_ms)
{
    bool has_fit = true;

    lock(memory);
    struct entry **place = find_own(memory, claim, now_ms);
    if (place != NULL)
        has_fit = replace(memory, *place, value, now_ms + claim->keep_ms);
    unlock(memory);
    return has_fit;
}

bool key_memory_mark(struct key_memory *memory, const struct key_claim *claim, int64_t now_ms)
{
    lock(memory);
    struct entry **place = find_own(memory, claim, now_ms);
    if (place != NULL)
        set_running(*place, claim, KEY_ANSWER_UNDOING, now_ms + claim->run_ms, now_ms);
    unlock(memory);
    return place != NULL;
}

void key_memory_leave(struct key_memory *memory, const struct key_claim *claim, int64_t now_ms)
{
    lock(memory);
    struct entry **place = find_own(memory, claim, now_ms);
    if (place != NULL)
        leave(memory, *place, claim, now_ms);
    unlock(memory);
}

void key_memory_drop(struct key_memory *memory, const struct key_claim *claim, int64_t now_ms)
{
    enum key_answer_run run;

    lock(memory);
    struct entry **place = find_own(memory, claim, now_ms);
    if (place != NULL && key_answer_run_of(value_of(*place), &run) && run == KEY_ANSWER_FIRST)
        remove_entry(memory, place);
    else if (place != NULL)
        leave(memory, *place, claim, now_ms);
    unlock(memory);
}

struct key_memory_report key_memory_read(struct key_memory *memory)
{
    lock(memory);
    struct key_memory_report report = {.entries = memory->entries, .bytes = memory->bytes};
    unlock(memory);
    return report;
}
