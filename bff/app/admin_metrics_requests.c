/* The part of /metrics about requests of clients: their times, parts, caches and limits. */
#include "bff/app/admin_metrics.h"
#include "bff/base/clock.h"
#include "bff/observe/metrics_key.h"

static const struct metrics *metrics_of(const struct admin_metrics_page *page)
{
    return page->context->dispatch->metrics;
}

/* Histograms. */

/* Adds the labels that ${key} encodes to those of a row. */
typedef struct text label_keys(struct pool *pool, struct text labels, uint32_t key);

static struct text label_status(struct pool *pool, struct text labels, unsigned status)
{
    struct text digits = {0};

    if (status > 0)
        digits = pool_print(pool, "%u", status);
    return exposition_label(pool, labels, "http_response_status_code", digits);
}

static struct text label_error(struct pool *pool, struct text labels, const struct metrics_key *key)
{
    char digits[4];

    return exposition_label(pool, labels, "error_type",
                            metrics_key_error_name(key->error, key->status, digits));
}

/* More combinations were met than a set has room for. */
static struct text label_other(struct pool *pool, struct text labels)
{
    return exposition_label(pool, labels, "error_type", TEXT("_OTHER"));
}

static struct text label_request(struct pool *pool, struct text labels, uint32_t packed)
{
    struct metrics_key key = metrics_key_unpack(packed);

    if (packed == METRICS_SET_OTHER)
        return label_other(pool, labels);
    labels =
        exposition_label(pool, labels, "http_request_method", metrics_key_method_name(key.method));
    labels =
        exposition_label(pool, labels, "url_scheme", key.is_tls ? TEXT("https") : TEXT("http"));
    return label_error(pool, label_status(pool, labels, key.status), &key);
}

static struct text label_call(struct pool *pool, struct text labels, uint32_t packed)
{
    struct metrics_key key = metrics_key_unpack(packed);

    if (packed == METRICS_SET_OTHER)
        return label_other(pool, labels);
    labels =
        exposition_label(pool, labels, "http_request_method", metrics_key_method_name(key.method));
    return label_error(pool, label_status(pool, labels, key.status), &key);
}

static struct text label_part(struct pool *pool, struct text labels, uint32_t packed)
{
    struct metrics_key key = metrics_key_unpack(packed);
    char digits[4];
    struct text outcome = metrics_key_error_name(key.error, key.status, digits);

    if (packed == METRICS_SET_OTHER)
        return label_other(pool, labels);
    labels = exposition_label(pool, labels, "outcome", outcome.at == NULL ? TEXT("ok") : outcome);
    return exposition_label(pool, labels, "source", metrics_key_source_name(key.source));
}

static void write_set(struct admin_metrics_page *page, const struct metrics_row *row,
                      label_keys *label)
{
    const struct metrics_set_sum *sums = page->sums;
    size_t count = metrics_set_sums(row->set, page->sums, METRICS_SET_SUMS);

    for (size_t i = 0; i < count; i++)
        exposition_histogram(&page->out, label(page->out.pool, row->labels, sums[i].key),
                             &sums[i].histogram);
}

static void write_kind(struct admin_metrics_page *page, enum metrics_kind kind, label_keys *label)
{
    const struct metrics *metrics = metrics_of(page);

    for (size_t i = metrics->first[kind]; i < metrics->first[kind + 1]; i++)
        if (!metrics->rows[i].is_repeated)
            write_set(page, &metrics->rows[i], label);
}

static void write_requests(struct admin_metrics_page *page)
{
    write_kind(page, METRICS_PATTERN, label_request);
}

static void write_parts(struct admin_metrics_page *page)
{
    write_kind(page, METRICS_PART, label_part);
}

static void write_calls(struct admin_metrics_page *page)
{
    write_kind(page, METRICS_CALL, label_call);
}

static void write_active(struct admin_metrics_page *page)
{
    uint64_t ended = tally_read(TALLY_REQUESTS_ENDED), begun = tally_read(TALLY_REQUESTS_BEGUN);

    exposition_sample(&page->out, (struct text){0}, begun > ended ? begun - ended : 0);
}

/* Counters. */

static void write_cache_row(struct admin_metrics_page *page, const struct metrics_row *row)
{
    static const char *const results[METRICS_CACHE_WORDS] = {
        [METRICS_CACHE_HIT] = "hit",
        [METRICS_CACHE_STALE] = "stale",
        [METRICS_CACHE_VALIDATED] = "validated",
        [METRICS_CACHE_MISS] = "miss",
        [METRICS_CACHE_COLLAPSED] = "collapsed",
        [METRICS_CACHE_LATE] = "late",
        [METRICS_CACHE_BYPASS] = "bypass",
    };

    for (unsigned i = 0; i < METRICS_CACHE_WORDS; i++)
        exposition_sample(
            &page->out,
            exposition_label(page->out.pool, row->labels, "result", text_of(results[i])),
            metrics_set_counter(row->set, i));
}

static void write_cache(struct admin_metrics_page *page)
{
    const struct metrics *metrics = metrics_of(page);

    for (size_t i = metrics->first[METRICS_PATTERN]; i < metrics->first[METRICS_PART + 1]; i++)
        if (!metrics->rows[i].is_repeated && metrics->rows[i].has_cache)
            write_cache_row(page, &metrics->rows[i]);
}

static void write_limits(struct admin_metrics_page *page)
{
    static const char *const results[METRICS_LIMIT_COUNTERS] = {
        [METRICS_LIMIT_ALLOWED] = "allowed",
        [METRICS_LIMIT_REFUSED] = "refused",
        [METRICS_LIMIT_DRY_RUN] = "dry_run",
    };
    const struct metrics *metrics = metrics_of(page);

    for (size_t i = metrics->first[METRICS_LIMIT]; i < metrics->first[METRICS_LIMIT + 1]; i++)
        for (unsigned result = 0; result < METRICS_LIMIT_COUNTERS; result++)
            exposition_sample(&page->out,
                              exposition_label(page->out.pool, metrics->rows[i].labels, "result",
                                               text_of(results[result])),
                              metrics_set_counter(metrics->rows[i].set, result));
}

static void write_api_keys(struct admin_metrics_page *page)
{
    size_t count;
    const struct metrics_names_sum *sums =
        metrics_names_sums(metrics_of(page)->api_keys, page->out.pool, &count);

    for (size_t i = 0; i < count; i++)
        exposition_sample(
            &page->out, exposition_label(page->out.pool, (struct text){0}, "api_key", sums[i].name),
            sums[i].count);
}

/* Budgets of composites. A composite without a budget has no series of it. */

static const struct bff_composite *composite_at(const struct admin_metrics_page *page, size_t i)
{
    return page->context->dispatch->pages->plans[i]->composite;
}

static const struct metrics_row *row_at(const struct admin_metrics_page *page, size_t i)
{
    const struct metrics *metrics = metrics_of(page);

    return &metrics->rows[metrics->first[METRICS_PAGE] + i];
}

static void write_over(struct admin_metrics_page *page, size_t i, const char *budget,
                       enum metrics_budget counter)
{
    const struct metrics_row *row = row_at(page, i);

    exposition_sample(&page->out,
                      exposition_label(page->out.pool, row->labels, "budget", text_of(budget)),
                      metrics_set_counter(row->set, counter));
}

static void write_over_budget(struct admin_metrics_page *page)
{
    for (size_t i = 0; i < page->context->dispatch->pages->count; i++) {
        if (composite_at(page, i)->budget_bytes > 0)
            write_over(page, i, "bytes", METRICS_BUDGET_BYTES);
        if (composite_at(page, i)->p95_ms > 0)
            write_over(page, i, "time", METRICS_BUDGET_TIME);
    }
}

static void write_budget_bytes(struct admin_metrics_page *page)
{
    for (size_t i = 0; i < page->context->dispatch->pages->count; i++)
        if (composite_at(page, i)->budget_bytes > 0)
            exposition_sample(&page->out, row_at(page, i)->labels,
                              composite_at(page, i)->budget_bytes);
}

static void write_budget_time(struct admin_metrics_page *page)
{
    for (size_t i = 0; i < page->context->dispatch->pages->count; i++)
        if (composite_at(page, i)->p95_ms > 0)
            exposition_seconds(&page->out, row_at(page, i)->labels,
                               (uint64_t)composite_at(page, i)->p95_ms * CLOCK_MS);
}

const struct admin_metrics_family admin_metrics_requests[] = {
    {"http_server_request_duration_seconds", EXPOSITION_HISTOGRAM, "seconds",
     "Time from the head of a request to the end of its answer.", .write = write_requests},
    {"http_server_active_requests", EXPOSITION_GAUGE, NULL,
     "Requests of clients that have begun and are not over.", .write = write_active},
    {"http_client_request_duration_seconds", EXPOSITION_HISTOGRAM, "seconds",
     "Time of an attempt at a service, connecting included.", .write = write_calls},
    {"bff_part_duration_seconds", EXPOSITION_HISTOGRAM, "seconds",
     "Time of a part of a composite, until it had settled.", .write = write_parts},
    {"bff_answers_over_budget", EXPOSITION_COUNTER, NULL,
     "Answers of a composite that were larger or later than its budget.",
     .write = write_over_budget},
    {"bff_answer_budget_bytes", EXPOSITION_GAUGE, "bytes",
     "The largest size of an answer of a composite, by its table.", .write = write_budget_bytes},
    {"bff_answer_budget_seconds", EXPOSITION_GAUGE, "seconds",
     "The time within which 95 % of the answers of a composite are to be made, by its table.",
     .write = write_budget_time},
    {"bff_cache_requests", EXPOSITION_COUNTER, NULL,
     "What the cache did for requests of plain routes and for parts.", .write = write_cache},
    {"bff_rate_limit_requests", EXPOSITION_COUNTER, NULL,
     "Requests that a rate limit or a usage plan has counted.", .write = write_limits},
    {"bff_rate_limit_in_memory", EXPOSITION_COUNTER, NULL,
     "Requests that were counted in memory because Redis was down or late.",
     .tally = TALLY_LIMITS_IN_MEMORY},
    {"bff_api_key_requests", EXPOSITION_COUNTER, NULL,
     "Requests with an API key, by the name of the key.", .write = write_api_keys},
    {0},
};
