/*
 * The counts of one thing: of a route, of a part, of an endpoint, of a limit. It is an object of
 * the registry, so that it survives a change of the configuration that keeps the thing.
 *
 * Each worker has a shard of its own in it, which only this worker writes. Other threads may read
 * it at any time. A shard has
 *
 *   cells     a histogram for each combination of labels that the worker has met, which a number,
 *             the key, encodes. There are at most METRICS_SET_KEYS of them; what is met after that
 *             is counted in the cell METRICS_SET_OTHER
 *   counters  numbers whose meaning the kind of the thing defines
 *
 * A cell needs 192 bytes of memory, and 840 bytes more with exemplars. So a route that answers with
 * three different statuses needs about 3 KiB in each worker.
 */
#ifndef BFF_OBSERVE_METRICS_SET_H
#define BFF_OBSERVE_METRICS_SET_H

#include <stdalign.h>
#include <stddef.h>

#include "bff/base/registry.h"
#include "bff/observe/histogram.h"

#define METRICS_SET_KEYS 64
#define METRICS_SET_OTHER UINT32_MAX
#define METRICS_SET_COUNTERS 8

struct metrics_set; /* the object of the registry */

struct metrics_cell {
    alignas(64) struct histogram histogram;
    uint32_t key;
    struct metrics_cell *_Atomic next;
    struct histogram_exemplars *_Atomic exemplars; /* NULL: there are none yet */
};

struct metrics_shard {
    alignas(64) _Atomic uint64_t counters[METRICS_SET_COUNTERS];
    struct metrics_cell *_Atomic first;
    struct metrics_shard *next;
    unsigned worker;
    unsigned count; /* of cells */
};

/* Returns the set with one more reference. ${name} begins with the kind of the thing: "pattern
 * /api/users/". */
struct metrics_set *metrics_set_hold(struct registry *registry, struct text name);

/* Returns the shard of the worker with the number ${worker}, which must be the caller's. It is made
 * when there is none, and lives as long as the set. */
struct metrics_shard *metrics_set_shard(struct metrics_set *set, unsigned worker);

/* Returns the cell of ${key} in the caller's shard. */
struct metrics_cell *metrics_set_cell(struct metrics_shard *shard, uint32_t key);

/* Adds ${took_ns} to ${cell} of the caller's shard. ${trace} is the trace id of an exemplar;
 * absent: there is none. ${now_ns} is of clock_now_ns. */
void metrics_set_add(struct metrics_cell *cell, int64_t took_ns, struct text trace, int64_t now_ns);

/* Adds one to a counter of the caller's shard. */
static inline void metrics_set_count(struct metrics_shard *shard, unsigned counter)
{
    uint64_t before = atomic_load_explicit(&shard->counters[counter], memory_order_relaxed);

    atomic_store_explicit(&shard->counters[counter], before + 1, memory_order_relaxed);
}

/* Reading, by any thread that has a reference to the set. */

/* Returns the sum of a counter over all workers. */
uint64_t metrics_set_counter(const struct metrics_set *set, unsigned counter);

struct metrics_set_sum {
    uint32_t key;
    struct histogram_sum histogram;
};

/*
 * Adds up the cells of all workers. Writes at most ${most} sums, those with the same key in one, in
 * the order of keys, and returns their number. When the workers together have met more keys, the
 * rest is in the sum METRICS_SET_OTHER.
 */
size_t metrics_set_sums(const struct metrics_set *set, struct metrics_set_sum *sums, size_t most);

#define METRICS_SET_SUMS ((size_t)128) /* enough: workers mostly meet the same keys */

#endif
