/*
 * What is counted by name: the requests of each pattern, the parts of each composite, the calls to
 * each endpoint, the requests that each rate limit decides, the requests of each API key. A
 * configuration lists these things once, when it is loaded. So nothing is looked up by a text while
 * requests are counted, and clients cannot make more series.
 *
 * The counts themselves are in the registry (metrics_set.h). metrics_observer.h counts.
 */
#ifndef BFF_OBSERVE_METRICS_H
#define BFF_OBSERVE_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/observe/metrics_names.h"
#include "bff/observe/metrics_set.h"
#include "bff/observe/observer.h"

struct bff_service;
struct service_endpoint;

/* The kinds of things, and what their keys and counters are. */
enum metrics_kind {
    METRICS_PATTERN, /* keys of metrics_request_key; counters: enum metrics_cache */
    METRICS_PART,    /* keys of metrics_part_key; counters: enum metrics_cache */
    METRICS_PAGE,    /* composites. No keys; counters: enum metrics_budget */
    METRICS_CALL,    /* keys of metrics_call_key; counters: enum metrics_call_counter */
    METRICS_LIMIT,   /* no keys; counters: enum metrics_limit_counter */
    METRICS_KINDS,
};

/* What the cache did for a request or a part. */
enum metrics_cache {
    METRICS_CACHE_HIT,
    METRICS_CACHE_STALE,
    METRICS_CACHE_VALIDATED,
    METRICS_CACHE_MISS,
    METRICS_CACHE_COLLAPSED,
    METRICS_CACHE_LATE,
    METRICS_CACHE_BYPASS,
    METRICS_CACHE_WORDS,
};

/* The budgets of a composite over which an answer can be. */
enum metrics_budget {
    METRICS_BUDGET_BYTES,
    METRICS_BUDGET_TIME,
    METRICS_BUDGETS,
};

enum metrics_call_counter {
    METRICS_CALL_DIALLED, /* connections that were made */
    METRICS_CALL_REUSED,  /* attempts on a connection that was idle */
    METRICS_CALL_RETRY,
    METRICS_CALL_HEDGE,
    METRICS_CALL_HEDGE_WON,
    METRICS_CALL_CHECK_GOOD, /* health checks */
    METRICS_CALL_CHECK_BAD,
    METRICS_CALL_COUNTERS,
};

enum metrics_limit_counter {
    METRICS_LIMIT_ALLOWED,
    METRICS_LIMIT_REFUSED,
    METRICS_LIMIT_DRY_RUN, /* it would have been refused without dry_run */
    METRICS_LIMIT_COUNTERS,
};

/*
 * A thing.
 *
 *   labels     "http_route=\"/api/users/\"", ready to be written
 *   set        held
 *   is_repeated an earlier row has the same set: the series must be written only once
 *   has_cache  the counters of the cache are shown
 */
struct metrics_row {
    enum metrics_kind kind;
    struct text labels;
    struct metrics_set *set;
    bool is_repeated;
    bool has_cache;
};

/* The rows of the calls to one service: from ${first} on, in the order of its endpoints. */
struct metrics_service {
    const struct bff_service *service;
    const struct service_endpoint *endpoints;
    size_t count;
    size_t first;
};

/*
 *   rows           by kind; those of a kind begin at ${first[kind]}. The first pattern is for
 *                  requests without a pattern, so the place of the others is their number
 *   first_part     for each pattern number, the row of its first part, when it is a composite's
 *   api_keys       the requests of each API key, by its name; held
 *   has_exemplars  histograms have exemplars
 */
struct metrics {
    struct metrics_row *rows;
    size_t count;
    size_t first[METRICS_KINDS + 1];
    size_t *first_part;
    struct metrics_service *services;
    size_t service_count;
    struct metrics_names *api_keys;
    bool has_exemplars;
};

/* The part of one worker. */
struct metrics_worker {
    const struct metrics *metrics;
    unsigned worker;
    struct metrics_shard **shards;        /* of the rows; NULL: not needed so far */
    struct metrics_names_shard *api_keys; /* NULL: as above */
};

/* ${metrics} must outlive the result. */
struct metrics_worker *metrics_worker_new(const struct metrics *metrics, unsigned worker);
void metrics_worker_free(struct metrics_worker *worker); /* NULL: does nothing */

/* Returns the worker's shard of the row ${row}. */
static inline struct metrics_shard *metrics_shard_of(struct metrics_worker *worker, size_t row)
{
    if (worker->shards[row] == NULL)
        worker->shards[row] = metrics_set_shard(worker->metrics->rows[row].set, worker->worker);
    return worker->shards[row];
}

/* Counts a request that the rate limit with the number ${rule} has decided. ${worker} NULL: does
 * nothing. */
void metrics_count_limit(struct metrics_worker *worker, size_t rule,
                         enum metrics_limit_counter what);

#endif
