/* See metrics.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/observe/metrics.h"

struct metrics_worker *metrics_worker_new(const struct metrics *metrics, unsigned number)
{
    struct metrics_worker *worker = memory_new(sizeof(*worker));

    worker->metrics = metrics;
    worker->worker = number;
    worker->shards = memory_new((metrics->count + 1) * sizeof(struct metrics_shard *));
    return worker;
}

void metrics_worker_free(struct metrics_worker *worker)
{
    if (worker == NULL)
        return;
    memory_free(worker->shards);
    memory_free(worker);
}

void metrics_count_limit(struct metrics_worker *worker, size_t rule,
                         enum metrics_limit_counter what)
{
    if (worker == NULL)
        return;
    size_t row = worker->metrics->first[METRICS_LIMIT] + rule;

    must(row < worker->metrics->first[METRICS_LIMIT + 1]);
    metrics_set_count(metrics_shard_of(worker, row), what);
}
