/* See metrics_set.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/observe/metrics_set.h"

struct metrics_set {
    struct metrics_shard *_Atomic shards;
};

static void free_shard(struct metrics_shard *shard)
{
    struct metrics_cell *next;

    for (struct metrics_cell *cell = atomic_load(&shard->first); cell != NULL; cell = next) {
        next = atomic_load(&cell->next);
        memory_free(atomic_load(&cell->exemplars));
        memory_free(cell);
    }
    memory_free(shard);
}

static void dispose(void *object)
{
    struct metrics_shard *next;

    for (struct metrics_shard *shard = atomic_load(&((struct metrics_set *)object)->shards);
         shard != NULL; shard = next) {
        next = shard->next;
        free_shard(shard);
    }
}

static const struct registry_kind sets = {.bytes = sizeof(struct metrics_set), .dispose = dispose};

struct metrics_set *metrics_set_hold(struct registry *registry, struct text name)
{
    return registry_hold(registry, &sets, name);
}

/* Writing. */

static struct metrics_shard *first_shard(const struct metrics_set *set)
{
    return atomic_load_explicit(&set->shards, memory_order_acquire);
}

static struct metrics_shard *make_shard(struct metrics_set *set, unsigned worker)
{
    struct metrics_shard *shard = memory_new_aligned(alignof(struct metrics_shard), sizeof(*shard));

    shard->worker = worker;
    shard->next = first_shard(set);
    while (!atomic_compare_exchange_weak_explicit(&set->shards, &shard->next, shard,
                                                  memory_order_acq_rel, memory_order_acquire))
        ;
    return shard;
}

struct metrics_shard *metrics_set_shard(struct metrics_set *set, unsigned worker)
{
    struct metrics_shard *shard = first_shard(set);

    while (shard != NULL && shard->worker != worker)
        shard = shard->next;
    return shard != NULL ? shard : make_shard(set, worker);
}

static struct metrics_cell *make_cell(struct metrics_shard *shard,
                                      struct metrics_cell *_Atomic *link, uint32_t key)
{
    struct metrics_cell *cell = memory_new_aligned(alignof(struct metrics_cell), sizeof(*cell));

    cell->key = key;
    shard->count++;
    atomic_store_explicit(link, cell, memory_order_release);
    return cell;
}

struct metrics_cell *metrics_set_cell(struct metrics_shard *shard, uint32_t key)
{
    struct metrics_cell *_Atomic *link = &shard->first;
    struct metrics_cell *cell;

    while ((cell = atomic_load_explicit(link, memory_order_relaxed)) != NULL) {
        if (cell->key == key)
            return cell;
        link = &cell->next;
    }
    if (shard->count >= METRICS_SET_KEYS && key != METRICS_SET_OTHER)
        return metrics_set_cell(shard, METRICS_SET_OTHER);
    return make_cell(shard, link, key);
}

static struct histogram_exemplars *exemplars_of(struct metrics_cell *cell)
{
    struct histogram_exemplars *exemplars =
        atomic_load_explicit(&cell->exemplars, memory_order_relaxed);

    if (exemplars != NULL)
        return exemplars;
    exemplars = memory_new(sizeof(*exemplars));
    atomic_store_explicit(&cell->exemplars, exemplars, memory_order_release);
    return exemplars;
}

void metrics_set_add(struct metrics_cell *cell, int64_t took_ns, struct text trace, int64_t now_ns)
{
    unsigned bucket = histogram_bucket(took_ns);

    histogram_add(&cell->histogram, bucket, took_ns);
    if (trace.at != NULL)
        histogram_exemplar_set(&exemplars_of(cell)->buckets[bucket], trace, took_ns, now_ns);
}

/* Reading. */

uint64_t metrics_set_counter(const struct metrics_set *set, unsigned counter)
{
    uint64_t sum = 0;

    for (const struct metrics_shard *shard = first_shard(set); shard != NULL; shard = shard->next)
        sum += atomic_load_explicit(&shard->counters[counter], memory_order_relaxed);
    return sum;
}

/* Returns the place of ${key} among ${count} sums, which are in the order of keys. */
static size_t place_of(const struct metrics_set_sum *sums, size_t count, uint32_t key)
{
    size_t place = 0;

    while (place < count && sums[place].key < key)
        place++;
    return place;
}

/* Returns the place of the sum of ${key}, which is made when there is none. When there is no room
 * for it, this is the last place, which is kept for METRICS_SET_OTHER, the largest key. */
static size_t sum_of(struct metrics_set_sum *sums, size_t *count, size_t most, uint32_t key)
{
    size_t place = place_of(sums, *count, key);

    if (place < *count && sums[place].key == key)
        return place;
    if (*count >= most - 1 && key != METRICS_SET_OTHER)
        return sum_of(sums, count, most, METRICS_SET_OTHER);
    memmove(&sums[place + 1], &sums[place], (*count - place) * sizeof(*sums));
    sums[place] = (struct metrics_set_sum){.key = key};
    ++*count;
    return place;
}

static void add_cell(struct metrics_set_sum *sums, size_t *count, size_t most,
                     const struct metrics_cell *cell)
{
    size_t place = sum_of(sums, count, most, cell->key);

    histogram_sum_add(&sums[place].histogram, &cell->histogram,
                      atomic_load_explicit(&cell->exemplars, memory_order_acquire));
}

size_t metrics_set_sums(const struct metrics_set *set, struct metrics_set_sum *sums, size_t most)
{
    size_t count = 0;

    for (const struct metrics_shard *shard = first_shard(set); shard != NULL; shard = shard->next)
        for (const struct metrics_cell *cell =
                 atomic_load_explicit(&shard->first, memory_order_acquire);
             cell != NULL; cell = atomic_load_explicit(&cell->next, memory_order_acquire))
            add_cell(sums, &count, most, cell);
    return count;
}
