/* See metrics_names.h. A shard is a hash table that only grows. It has room for twice as many names
 * as it may have, so that there is always an empty slot. */
#include <stdatomic.h>
#include <string.h>

#include "bff/base/hash.h"
#include "bff/base/memory.h"
#include "bff/observe/metrics_names.h"

#define SLOTS (2 * METRICS_NAMES_MOST) /* a power of two */

struct counted {
    _Atomic uint64_t count;
    struct text name; /* its bytes are behind the struct */
};

struct metrics_names_shard {
    struct metrics_names_shard *next;
    unsigned worker;
    size_t used;
    struct counted *_Atomic slots[SLOTS];
};

struct metrics_names {
    struct metrics_names_shard *_Atomic shards;
};

static void free_shard(struct metrics_names_shard *shard)
{
    for (size_t i = 0; i < SLOTS; i++)
        memory_free(atomic_load(&shard->slots[i]));
    memory_free(shard);
}

static void dispose(void *object)
{
    struct metrics_names_shard *next;

    for (struct metrics_names_shard *shard = atomic_load(&((struct metrics_names *)object)->shards);
         shard != NULL; shard = next) {
        next = shard->next;
        free_shard(shard);
    }
}

static const struct registry_kind kind = {.bytes = sizeof(struct metrics_names),
                                          .dispose = dispose};

struct metrics_names *metrics_names_hold(struct registry *registry, struct text name)
{
    return registry_hold(registry, &kind, name);
}

/* Writing. */

static struct metrics_names_shard *make_shard(struct metrics_names *names, unsigned worker)
{
    struct metrics_names_shard *shard = memory_new(sizeof(*shard));

    shard->worker = worker;
    shard->next = atomic_load(&names->shards);
    while (!atomic_compare_exchange_weak(&names->shards, &shard->next, shard))
        ;
    return shard;
}

struct metrics_names_shard *metrics_names_shard(struct metrics_names *names, unsigned worker)
{
    struct metrics_names_shard *shard = atomic_load(&names->shards);

    while (shard != NULL && shard->worker != worker)
        shard = shard->next;
    return shard != NULL ? shard : make_shard(names, worker);
}

static struct counted *make(struct metrics_names_shard *shard, struct counted *_Atomic *slot,
                            struct text name)
{
    struct counted *counted = memory_new(sizeof(*counted) + name.len);

    if (name.len > 0)
        memcpy(counted + 1, name.at, name.len);
    counted->name = (struct text){(const char *)(counted + 1), name.len};
    shard->used++;
    atomic_store_explicit(slot, counted, memory_order_release);
    return counted;
}

/* Returns NULL when there are too many names. */
static struct counted *find(struct metrics_names_shard *shard, struct text name)
{
    size_t at = hash_text(name) % SLOTS; /* operators choose the names, so it needs no secret */
    struct counted *counted;

    while ((counted = atomic_load_explicit(&shard->slots[at], memory_order_relaxed)) != NULL) {
        if (text_equal(counted->name, name))
            return counted;
        at = (at + 1) % SLOTS;
    }
    bool is_full = shard->used >= METRICS_NAMES_MOST && !text_is(name, METRICS_NAMES_OTHER);
    return is_full ? NULL : make(shard, &shard->slots[at], name);
}

void metrics_names_add(struct metrics_names_shard *shard, struct text name)
{
    struct counted *counted = find(shard, name);

    if (counted == NULL)
        counted = find(shard, TEXT(METRICS_NAMES_OTHER));
    uint64_t before = atomic_load_explicit(&counted->count, memory_order_relaxed);
    atomic_store_explicit(&counted->count, before + 1, memory_order_relaxed);
}

/* Reading. The sums of the first shard are in its order; those of the others are looked up. */

static size_t add_to(struct metrics_names_sum *sums, size_t count, const struct counted *counted)
{
    uint64_t more = atomic_load_explicit(&counted->count, memory_order_relaxed);

    for (size_t i = 0; i < count; i++)
        if (text_equal(sums[i].name, counted->name)) {
            sums[i].count += more;
            return count;
        }
    sums[count] = (struct metrics_names_sum){counted->name, more};
    return count + 1;
}

static size_t shard_count(const struct metrics_names *names)
{
    size_t count = 0;

    for (const struct metrics_names_shard *shard = atomic_load(&names->shards); shard != NULL;
         shard = shard->next)
        count++;
    return count;
}

struct metrics_names_sum *metrics_names_sums(const struct metrics_names *names, struct pool *pool,
                                             size_t *count)
{
    size_t most = shard_count(names) * (METRICS_NAMES_MOST + 1);
    struct metrics_names_sum *sums = pool_take(pool, (most + 1) * sizeof(*sums));

    *count = 0;
    for (const struct metrics_names_shard *shard = atomic_load(&names->shards);
         shard != NULL && *count + METRICS_NAMES_MOST + 1 <= most; shard = shard->next)
        for (size_t i = 0; i < SLOTS; i++) {
            const struct counted *counted =
                atomic_load_explicit(&shard->slots[i], memory_order_acquire);
            if (counted != NULL)
                *count = add_to(sums, *count, counted);
        }
    return sums;
}
