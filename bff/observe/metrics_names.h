/*
 * Counts by names that no configuration lists, such as those of API keys. It is an object of the
 * registry. The number of names is bounded: when a worker has met METRICS_NAMES_MOST names, it
 * counts further names as METRICS_NAMES_OTHER. As in metrics_set.h, each worker has a shard of its
 * own, and any thread may read.
 */
#ifndef BFF_OBSERVE_METRICS_NAMES_H
#define BFF_OBSERVE_METRICS_NAMES_H

#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/registry.h"
#include "bff/base/text.h"

#define METRICS_NAMES_MOST ((size_t)512)
#define METRICS_NAMES_OTHER "_OTHER"

struct metrics_names; /* the object of the registry */
struct metrics_names_shard;

/* Returns the counts with one more reference. ${name} says of what they are: "api keys". */
struct metrics_names *metrics_names_hold(struct registry *registry, struct text name);

/* Returns the shard of the worker ${worker}, which must be the caller's. */
struct metrics_names_shard *metrics_names_shard(struct metrics_names *names, unsigned worker);

/* Adds one to the count of ${name}, which is copied when it is new. */
void metrics_names_add(struct metrics_names_shard *shard, struct text name);

struct metrics_names_sum {
    struct text name; /* lives as long as the object */
    uint64_t count;
};

/* Returns the sums of all workers in ${pool}, and their number in ${*count}. */
struct metrics_names_sum *metrics_names_sums(const struct metrics_names *names, struct pool *pool,
                                             size_t *count);

#endif
