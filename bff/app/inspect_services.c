/* See inspect_services.h. */
#include "bff/app/inspect_services.h"
#include "bff/json/json_print_member.h"

/* Services. */

static const char *const health_words[] = {
    [HEALTH_UNKNOWN] = "unknown", [HEALTH_UP] = "up",       [HEALTH_DOWN] = "down",
    [HEALTH_EJECTED] = "ejected", [HEALTH_TRIAL] = "trial",
};

static void print_breaker(struct json_print *out, struct health *health, size_t service)
{
    static const char *const words[BREAKER_STATES] = {
        [BREAKER_CLOSED] = "closed", [BREAKER_OPEN] = "open", [BREAKER_HALF_OPEN] = "half-open"};
    struct breaker_report report;
    bool is_there = health_read_breaker(health, service, &report);

    json_print_member_words(out, "breaker", is_there ? words[report.state] : "off");
}

/* With three decimals: a mock service answers in less than a tenth of a millisecond. */
static void print_average(struct json_print *out, int64_t ns)
{
    long long us = (long long)(ns / 1000);

    if (ns == 0) {
        json_print_member_null(out, "averageMs");
        return;
    }
    json_print_key(out, "averageMs");
    json_print_raw(out, pool_print(out->pool, "%lld.%03lld", us / 1000, us % 1000));
}

static void print_endpoint(struct json_print *out, const struct health_endpoint *endpoint)
{
    bool is_address = endpoint->address[0] != '\0';

    json_print_raw(out, TEXT("{"));
    json_print_member_words(out, "label", is_address ? endpoint->address : endpoint->at->authority);
    json_print_member_words(out, "health", health_words[endpoint->state]);
    json_print_member_bool(out, "ejected",
                           endpoint->state == HEALTH_EJECTED || endpoint->state == HEALTH_TRIAL);
    json_print_member_size(out, "inFlight", endpoint->in_flight);
    print_average(out, endpoint->first_byte_ns);
    json_print_raw(out, TEXT("}"));
}

/* Returns the number of attempts that are under way at all of them. */
static unsigned print_endpoints(struct json_print *out, struct health *health, size_t service)
{
    struct health_endpoint endpoint;
    unsigned in_flight = 0;

    json_print_key(out, "endpoints");
    json_print_raw(out, TEXT("["));
    for (size_t i = 0; (endpoint = health_read_endpoint(health, service, i)).at != NULL; i++) {
        json_print_separator(out, i);
        print_endpoint(out, &endpoint);
        in_flight += endpoint.in_flight;
    }
    json_print_raw(out, TEXT("]"));
    return in_flight;
}

static void print_service(struct json_print *out, struct health *health, size_t service)
{
    json_print_raw(out, TEXT("{"));
    json_print_member_words(out, "name", health_service(health, service)->service->name);
    json_print_member_words(out, "health", health_words[health_read(health, service).state]);
    print_breaker(out, health, service);
    json_print_member_size(out, "inFlight", print_endpoints(out, health, service));
    json_print_raw(out, TEXT("}"));
}

static void print_services(struct json_print *out, struct health *health)
{
    json_print_raw(out, TEXT("{\"services\":["));
    for (size_t i = 0; i < health_count(health); i++) {
        json_print_separator(out, i);
        print_service(out, health, i);
    }
    json_print_raw(out, TEXT("]"));
}

/* Rate limits. They are counted by name when there is a page of metrics. */

static void print_counts(struct json_print *out, const struct metrics *metrics, size_t rule)
{
    static const char *const words[METRICS_LIMIT_COUNTERS] = {
        [METRICS_LIMIT_ALLOWED] = "allowed",
        [METRICS_LIMIT_REFUSED] = "refused",
        [METRICS_LIMIT_DRY_RUN] = "wouldRefuse",
    };

    for (unsigned i = 0; i < METRICS_LIMIT_COUNTERS; i++) {
        if (metrics == NULL)
            json_print_member_null(out, words[i]);
        else
            json_print_member_size(
                out, words[i],
                metrics_set_counter(metrics->rows[metrics->first[METRICS_LIMIT] + rule].set, i));
    }
}

static void print_limits(struct json_print *out, const struct dispatch *dispatch)
{
    static const char *const algorithms[] = {
        [LIMIT_FIXED] = "fixed",   [LIMIT_SLIDING] = "sliding",   [LIMIT_LEAKY] = "leaky",
        [LIMIT_TOKENS] = "tokens", [LIMIT_CALENDAR] = "calendar",
    };

    json_print_key(out, "limits");
    json_print_raw(out, TEXT("["));
    for (size_t i = 0; i < dispatch->limits->count; i++) {
        const struct limit_rule *rule = &dispatch->limits->rows[i];
        json_print_separator(out, i);
        json_print_raw(out, TEXT("{"));
        json_print_key(out, "name");
        json_print_string(out, rule->name);
        json_print_key(out, "path");
        json_print_string(out, rule->path);
        json_print_member_words(out, "algorithm", algorithms[rule->algorithm]);
        json_print_member_bool(out, "dryRun", rule->is_dry_run);
        print_counts(out, dispatch->metrics, i);
        json_print_raw(out, TEXT("}"));
    }
    json_print_raw(out, TEXT("]"));
}

/* The cache. */

/* What it did is counted by route and part, when there is a page of metrics. */
static uint64_t sum_of(const struct metrics *metrics, enum metrics_cache what)
{
    uint64_t sum = 0;

    for (size_t i = metrics->first[METRICS_PATTERN]; i < metrics->first[METRICS_CALL]; i++)
        if (metrics->rows[i].has_cache && !metrics->rows[i].is_repeated)
            sum += metrics_set_counter(metrics->rows[i].set, what);
    return sum;
}

static void print_uses(struct json_print *out, const struct metrics *metrics)
{
    static const char *const words[METRICS_CACHE_WORDS] = {
        [METRICS_CACHE_HIT] = "hits",
        [METRICS_CACHE_STALE] = "stale",
        [METRICS_CACHE_VALIDATED] = "validated",
        [METRICS_CACHE_MISS] = "misses",
        [METRICS_CACHE_COLLAPSED] = "collapsed",
        [METRICS_CACHE_LATE] = "late",
        [METRICS_CACHE_BYPASS] = "bypassed",
    };

    for (unsigned i = 0; i < METRICS_CACHE_WORDS; i++) {
        if (metrics == NULL)
            json_print_member_null(out, words[i]);
        else
            json_print_member_size(out, words[i], sum_of(metrics, i));
    }
}

static void print_cache(struct json_print *out, const struct request_context *context)
{
    const struct cache_worker *cache = context->worker->cache;

    if (cache == NULL) {
        json_print_member_null(out, "cache");
        return;
    }
    struct cache_report report = cache_read(cache->cache);
    json_print_key(out, "cache");
    json_print_raw(out, TEXT("{"));
    json_print_member_size(out, "bytes", report.bytes);
    json_print_member_size(out, "limit", report.limit);
    json_print_member_size(out, "entries", report.entries);
    json_print_member_size(out, "evicted", report.evicted);
    print_uses(out, context->dispatch->metrics);
    json_print_raw(out, TEXT("}"));
}

enum step_result inspect_services_get(struct inspect_request *inspect)
{
    const struct request_context *context = &inspect->context;
    struct json_print out;

    json_print_init(&out, context->request->pool);
    print_services(&out, context->dispatch->health.health);
    print_limits(&out, context->dispatch);
    print_cache(&out, context);
    json_print_raw(&out, TEXT("}"));
    inspect->answer = json_print_text(&out);
    return STEP_PASS;
}
