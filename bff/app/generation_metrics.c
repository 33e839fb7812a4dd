/* See generation_metrics.h. */
#include "bff/app/generation_metrics.h"
#include "bff/app/patterns.h"
#include "bff/base/check.h"
#include "bff/observe/exposition.h"

/* The rows that are being made. */
struct making {
    struct generation *generation;
    struct metrics *metrics;
};

static size_t part_count(const struct pages *pages)
{
    size_t count = 0;

    for (size_t i = 0; i < pages->count; i++)
        count += pages->plans[i]->part_count;
    return count;
}

static size_t endpoint_count(const struct config *config)
{
    size_t count = 0;

    for (size_t i = 0; i < config->service_count; i++)
        count += config->services[i].endpoint_count;
    return count;
}

/* Several rows may have one set, for example two routes with the same path. */
static bool is_repeated(const struct metrics *metrics, enum metrics_kind kind,
                        const struct metrics_set *set)
{
    for (size_t i = metrics->first[kind]; i < metrics->count; i++)
        if (metrics->rows[i].set == set)
            return true;
    return false;
}

/* Adds a row. ${name} is that of the set in the registry. */
static struct metrics_row *add(struct making *making, enum metrics_kind kind, struct text name,
                               struct text labels)
{
    struct metrics *metrics = making->metrics;
    struct metrics_row *row = &metrics->rows[metrics->count];

    row->kind = kind;
    row->labels = labels;
    row->set = metrics_set_hold(registry_of_process(), name);
    generation_keep(making->generation, row->set);
    row->is_repeated = is_repeated(metrics, kind, row->set);
    metrics->count++;
    return row;
}

static void begin(struct making *making, enum metrics_kind kind)
{
    making->metrics->first[kind] = making->metrics->count;
}

static bool caches(const struct dispatch *dispatch, size_t number)
{
    size_t composites = dispatch->pages->count;

    return number > composites && number <= composites + dispatch->routes->count &&
           dispatch->routes->rows[number - composites - 1].cache.is_on;
}

static void add_patterns(struct making *making)
{
    const struct dispatch *dispatch = &making->generation->dispatch;
    struct pool *pool = making->generation->pool;

    begin(making, METRICS_PATTERN);
    add(making, METRICS_PATTERN, TEXT("pattern"), TEXT(""));
    for (size_t number = 1; number <= patterns_count(dispatch); number++) {
        struct text pattern = patterns_at(dispatch, number);
        struct metrics_row *row =
            add(making, METRICS_PATTERN, pool_print(pool, "pattern %.*s", TEXT_ARGS(pattern)),
                exposition_label(pool, (struct text){0}, "http_route", pattern));
        row->has_cache = caches(dispatch, number);
    }
}

static struct text page_labels(struct pool *pool, const struct plan *plan)
{
    struct text labels =
        exposition_label(pool, (struct text){0}, "http_request_method", plan->method);

    return exposition_label(pool, labels, "http_route", plan->path);
}

static void add_part(struct making *making, const struct plan *plan, const struct plan_part *part)
{
    struct pool *pool = making->generation->pool;
    struct text labels = exposition_label(pool, page_labels(pool, plan), "part", part->name);
    struct text name =
        pool_print(pool, "part %s %.*s", plan->composite->route, TEXT_ARGS(part->name));
    add(making, METRICS_PART, name, labels)->has_cache = part->cache.is_on;
}

static void add_parts(struct making *making)
{
    const struct dispatch *dispatch = &making->generation->dispatch;
    struct metrics *metrics = making->metrics;

    begin(making, METRICS_PART);
    metrics->first_part = pool_zero(making->generation->pool,
                                    (patterns_count(dispatch) + 1) * sizeof(*metrics->first_part));
    for (size_t i = 0; i < dispatch->pages->count; i++) {
        const struct plan *plan = dispatch->pages->plans[i];
        metrics->first_part[i + 1] = metrics->count;
        for (size_t part = 0; part < plan->part_count; part++)
            add_part(making, plan, &plan->parts[part]);
    }
}

static void add_pages(struct making *making)
{
    const struct pages *pages = making->generation->dispatch.pages;
    struct pool *pool = making->generation->pool;

    begin(making, METRICS_PAGE);
    for (size_t i = 0; i < pages->count; i++)
        add(making, METRICS_PAGE, pool_print(pool, "page %s", pages->plans[i]->composite->route),
            page_labels(pool, pages->plans[i]));
}

static void add_endpoint(struct making *making, const char *service,
                         const struct service_endpoint *at)
{
    struct pool *pool = making->generation->pool;
    struct text labels = exposition_label(pool, (struct text){0}, "service", text_of(service));

    labels = exposition_label(pool, labels, "server_address", text_of(at->host));
    labels = exposition_label(pool, labels, "server_port", pool_print(pool, "%u", at->port));
    add(making, METRICS_CALL,
        pool_print(pool, "call %s %s://%s", service, at->is_tls ? "https" : "http", at->authority),
        labels);
}

static void add_calls(struct making *making)
{
    const struct config *config = &making->generation->config;
    struct metrics *metrics = making->metrics;

    begin(making, METRICS_CALL);
    metrics->services = pool_zero(making->generation->pool,
                                  (config->service_count + 1) * sizeof(*metrics->services));
    metrics->service_count = config->service_count;
    for (size_t i = 0; i < config->service_count; i++) {
        const struct service_settings *settings = &config->services[i];
        metrics->services[i] = (struct metrics_service){
            .service = settings->service,
            .endpoints = settings->endpoints,
            .count = settings->endpoint_count,
            .first = metrics->count,
        };
        for (size_t at = 0; at < settings->endpoint_count; at++)
            add_endpoint(making, settings->service->name, &settings->endpoints[at]);
    }
}

static void add_limits(struct making *making)
{
    const struct limit_rules *rules = &making->generation->rules;
    struct pool *pool = making->generation->pool;

    begin(making, METRICS_LIMIT);
    for (size_t i = 0; i < rules->count; i++)
        add(making, METRICS_LIMIT, pool_print(pool, "limit %.*s", TEXT_ARGS(rules->rows[i].name)),
            exposition_label(pool, (struct text){0}, "limit", rules->rows[i].name));
}

void generation_metrics_prepare(struct generation *generation)
{
    const struct config *config = &generation->config;
    const struct dispatch *dispatch = &generation->dispatch;
    size_t most = 1 + patterns_count(dispatch) + part_count(dispatch->pages) +
                  dispatch->pages->count + endpoint_count(config) + generation->rules.count;

    if (config->admin == NULL)
        return;
    struct metrics *metrics = pool_zero(generation->pool, sizeof(*metrics));
    struct making making = {.generation = generation, .metrics = metrics};
    metrics->rows = pool_zero(generation->pool, most * sizeof(*metrics->rows));
    metrics->has_exemplars = config->metrics.has_exemplars;
    add_patterns(&making);
    add_parts(&making);
    add_pages(&making);
    add_calls(&making);
    add_limits(&making);
    begin(&making, METRICS_KINDS);
    must(metrics->count == most);
    metrics->api_keys = metrics_names_hold(registry_of_process(), TEXT("api keys"));
    generation_keep(generation, metrics->api_keys);
    generation->metrics = generation->dispatch.metrics = metrics;
}
