/* See metrics_observer.h. */
#include <string.h>

#include "bff/base/clock.h"
#include "bff/base/traceparent.h"
#include "bff/http/request.h"
#include "bff/observe/answer_report.h"
#include "bff/observe/metrics.h"
#include "bff/observe/metrics_key.h"
#include "bff/observe/metrics_observer.h"
#include "bff/observe/part_report.h"
#include "bff/observe/route_report.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_report.h"

#define STATUS_CLIENT_LEFT 499 /* as in the access log */

/* Exemplars. */

/* Returns the trace id of an exemplar; absent: there must be none. */
static struct text trace_of(const struct metrics_worker *worker, struct text traceparent)
{
    if (!worker->metrics->has_exemplars || traceparent.at == NULL ||
        !traceparent_is_sampled(traceparent))
        return (struct text){0};
    return traceparent_trace(traceparent);
}

/* The cache. */

static const struct text words[METRICS_CACHE_WORDS] = {
    [METRICS_CACHE_HIT] = {"hit", 3},
    [METRICS_CACHE_STALE] = {"stale", 5},
    [METRICS_CACHE_VALIDATED] = {"validated", 9},
    [METRICS_CACHE_MISS] = {"miss", 4},
    [METRICS_CACHE_COLLAPSED] = {"collapsed", 9},
    [METRICS_CACHE_LATE] = {"late", 4},
    [METRICS_CACHE_BYPASS] = {"bypass", 6},
};

static unsigned word_of(struct text word)
{
    unsigned i = 0;

    while (i < METRICS_CACHE_WORDS && !text_equal(word, words[i]))
        i++;
    return i;
}

static void count_cache(struct metrics_shard *shard, struct text word)
{
    unsigned place = word.at == NULL ? METRICS_CACHE_WORDS : word_of(word);

    if (place < METRICS_CACHE_WORDS)
        metrics_set_count(shard, place);
}

/* A part. */

static enum metrics_source source_of(const struct part_report *part)
{
    if (part->reason != REASON_NONE || part->is_cancelled)
        return METRICS_SOURCE_FALLBACK;
    if (text_equal(part->cache, words[METRICS_CACHE_HIT]))
        return METRICS_SOURCE_CACHE;
    if (text_equal(part->cache, words[METRICS_CACHE_STALE]))
        return METRICS_SOURCE_STALE;
    return part->cache.at != NULL || part->has_call ? METRICS_SOURCE_NETWORK : METRICS_SOURCE_NONE;
}

static void count_part(struct metrics_worker *worker, size_t row, const struct part_report *part,
                       struct text trace, int64_t now_ns)
{
    struct metrics_shard *shard = metrics_shard_of(worker, row);
    struct metrics_key key = {
        .error = part->is_cancelled ? METRICS_ERROR_CANCELLED : part->reason,
        .source = source_of(part),
    };

    metrics_set_add(metrics_set_cell(shard, metrics_key_pack(&key)), part->took_ns, trace, now_ns);
    count_cache(shard, part->cache);
}

/* A request. */

/* The reason of the part that has decided about the status of the answer. */
static unsigned error_of_parts(const struct request *request, int status)
{
    for (size_t i = 0; i < request->part_count; i++) {
        const struct part_report *part = &request->parts[i];
        if (part->reason != REASON_NONE && part->reason != REASON_SKIPPED && !part->is_cancelled &&
            reason_answer_status(part->reason, part->status) == status)
            return part->reason;
    }
    return METRICS_ERROR_STATUS;
}

static unsigned error_of(const struct request *request, int status)
{
    const struct route_report *passed = request->passed;

    if (status == STATUS_CLIENT_LEFT || (passed != NULL && passed->is_cancelled))
        return METRICS_ERROR_CLIENT_LEFT;
    if (passed != NULL && passed->reason != REASON_NONE)
        return passed->reason;
    return status >= 500 ? error_of_parts(request, status) : METRICS_ERROR_NONE;
}

static uint32_t key_of(const struct request *request)
{
    int status = request_status(request);

    if (status <= 0 || status > 999)
        status = STATUS_CLIENT_LEFT;
    return metrics_key_pack(&(struct metrics_key){
        .method = metrics_key_method(request->method),
        .is_tls = request->client->tls != NULL,
        .status = (unsigned)status,
        .error = error_of(request, status),
    });
}

/* The place of a composite among the pages is that of its pattern. */
static void count_budgets(struct metrics_worker *worker, const struct request *request)
{
    size_t row = worker->metrics->first[METRICS_PAGE] + request->pattern_number - 1;

    if (request->made->is_over_bytes)
        metrics_set_count(metrics_shard_of(worker, row), METRICS_BUDGET_BYTES);
    if (request->made->is_over_time)
        metrics_set_count(metrics_shard_of(worker, row), METRICS_BUDGET_TIME);
}

static void count_api_key(struct metrics_worker *worker, struct text name)
{
    if (worker->api_keys == NULL)
        worker->api_keys = metrics_names_shard(worker->metrics->api_keys, worker->worker);
    metrics_names_add(worker->api_keys, name);
}

static void on_over(struct observed *observed, const struct request *request)
{
    struct metrics_worker *worker = observed->metrics;
    size_t row = worker->metrics->first[METRICS_PATTERN] + request->pattern_number;
    struct metrics_shard *shard = metrics_shard_of(worker, row);
    struct text trace = trace_of(worker, request->traceparent);
    int64_t now_ns = request->ended_ns != 0 ? request->ended_ns : clock_now_ns();

    metrics_set_add(metrics_set_cell(shard, key_of(request)), now_ns - request->began_ns, trace,
                    now_ns);
    if (request->passed != NULL)
        count_cache(shard, request->passed->cache);
    for (size_t i = 0; i < request->part_count; i++)
        if (!request->parts[i].is_unchosen)
            count_part(worker, worker->metrics->first_part[request->pattern_number] + i,
                       &request->parts[i], trace, now_ns);
    if (request->made != NULL)
        count_budgets(worker, request);
    if (request->api_key.at != NULL)
        count_api_key(worker, request->api_key);
}

/* A call. */

static const struct metrics_service *service_of(const struct metrics *metrics,
                                                const struct bff_service *service)
{
    for (size_t i = 0; i < metrics->service_count; i++)
        if (metrics->services[i].service == service)
            return &metrics->services[i];
    return NULL;
}

/* An endpoint has a copy of the row of the settings, so texts are compared. */
static bool is_at(const struct service_endpoint *row, const struct service_endpoint *at)
{
    return row->port == at->port && row->is_tls == at->is_tls && strcmp(row->host, at->host) == 0;
}

static struct metrics_shard *shard_of(struct metrics_worker *worker,
                                      const struct call_report *report)
{
    const struct metrics_service *service = service_of(worker->metrics, report->service);

    for (size_t i = 0; service != NULL && i < service->count; i++)
        if (is_at(&service->endpoints[i], report->endpoint->at))
            return metrics_shard_of(worker, service->first + i);
    return NULL;
}

static bool has_hedge_won(const struct call_report *report)
{
    return report->is_hedge && report->reason == REASON_NONE && !report->is_cancelled;
}

static void count_attempt(struct metrics_shard *shard, const struct call_report *report)
{
    if (report->is_reused)
        metrics_set_count(shard, METRICS_CALL_REUSED);
    else if (report->connected_ns != 0)
        metrics_set_count(shard, METRICS_CALL_DIALLED);
    if (report->is_hedge)
        metrics_set_count(shard, METRICS_CALL_HEDGE);
    else if (report->number > 0)
        metrics_set_count(shard, METRICS_CALL_RETRY);
    if (has_hedge_won(report))
        metrics_set_count(shard, METRICS_CALL_HEDGE_WON);
}

static unsigned error_of_call(const struct call_report *report)
{
    if (report->reason != REASON_NONE)
        return report->reason;
    if (report->is_cancelled)
        return METRICS_ERROR_CANCELLED;
    return report->status >= 400 ? METRICS_ERROR_STATUS : METRICS_ERROR_NONE;
}

static uint32_t key_of_call(const struct call_report *report)
{
    return metrics_key_pack(&(struct metrics_key){
        .method = metrics_key_method(report->ask->method),
        .status = report->status > 0 && report->status <= 999 ? (unsigned)report->status : 0,
        .error = error_of_call(report),
    });
}

/* A health check is no request of a client, so it is only counted. */
static void on_call(struct observed *observed, const struct call_report *report)
{
    struct metrics_worker *worker = observed->metrics;
    struct metrics_shard *shard = shard_of(worker, report);

    if (shard == NULL)
        return;
    if (report->ask->only != NULL) {
        metrics_set_count(shard, report->reason == REASON_NONE && report->status < 400
                                     ? METRICS_CALL_CHECK_GOOD
                                     : METRICS_CALL_CHECK_BAD);
        return;
    }
    count_attempt(shard, report);
    metrics_set_add(metrics_set_cell(shard, key_of_call(report)),
                    report->ended_ns - report->started_ns,
                    trace_of(worker, report->ask->traceparent), report->ended_ns);
}

const struct observer metrics_observer = {.on_call = on_call, .on_over = on_over};
