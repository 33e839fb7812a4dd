/* See service_list.h. */
#include "bff/app/service_list.h"
#include "bff/upstream/bulkhead.h"
#include "bff/config/units.h"

static void print_duration(const char *name, uint32_t ms, FILE *out)
{
    char text[UNITS_SIZE];

    units_print_duration(ms, text);
    fprintf(out, ", %s %s", name, text);
}

/* The first value of a line has no comma before it. */
static void print_first_duration(const char *name, uint32_t ms, FILE *out)
{
    char text[UNITS_SIZE];

    units_print_duration(ms, text);
    fprintf(out, "    %s %s", name, text);
}

static void print_endpoint(const struct service_endpoint *endpoint, FILE *out)
{
    fprintf(out, " %s://%s", endpoint->is_tls ? "https" : "http", endpoint->authority);
    if (endpoint->weight != 1)
        fprintf(out, " weight %u", endpoint->weight);
    if (endpoint->max_in_flight > 0)
        fprintf(out, " max_in_flight %u", endpoint->max_in_flight);
    if (endpoint->is_backup)
        fprintf(out, " backup");
}

static void print_endpoints(const struct config *config, const struct service_settings *service,
                            FILE *out)
{
    bool is_mock = config->mock_dir != NULL && service->service->endpoint != NULL;

    fprintf(out, "service %s  to", service->service->name);
    if (is_mock)
        fprintf(out, " its mock");
    for (size_t i = 0; i < service->endpoint_count && !is_mock; i++) {
        fprintf(out, "%s", i == 0 ? "" : ",");
        print_endpoint(&service->endpoints[i], out);
    }
    fprintf(out, "\n");
}

static void print_key(const struct service_key *key, FILE *out)
{
    static const char *const words[] = {
        [SERVICE_KEY_PATH] = "path",      [SERVICE_KEY_QUERY] = "query:",
        [SERVICE_KEY_HEADER] = "header:", [SERVICE_KEY_COOKIE] = "cookie:",
        [SERVICE_KEY_USER] = "user",
    };

    if (key->kind != SERVICE_KEY_NONE && key->kind != SERVICE_KEY_ADDRESS)
        fprintf(out, ", key %s%.*s", words[key->kind], TEXT_ARGS(key->name));
}

static void print_balance(const struct service_settings *service, FILE *out)
{
    static const char *const words[] = {
        [SERVICE_ROUND_ROBIN] = "round_robin",
        [SERVICE_LEAST_CONNECTIONS] = "least_connections",
        [SERVICE_HASH] = "hash",
        [SERVICE_TWO_CHOICES] = "two_choices",
    };
    bool is_address = service->key.kind == SERVICE_KEY_ADDRESS;

    fprintf(out, "    balance %s", is_address ? "ip_hash" : words[service->balance]);
    print_key(&service->key, out);
    if (service->slow_start_ms > 0)
        print_duration("slow_start", service->slow_start_ms, out);
    if (service->resolves_each)
        fprintf(out, ", resolve each");
    fprintf(out, ", panic %u%%\n", service->panic_percent);
}

static void print_times(const struct service_settings *service, FILE *out)
{
    print_first_duration("connect", service->connect_ms, out);
    print_duration("first_byte", service->first_byte_ms, out);
    print_duration("total", service->total_ms, out);
    print_duration("min_time", service->min_time_ms, out);
    print_duration("min_wait", service->min_wait_ms, out);
    fprintf(out, "\n");
}

/* The queue also holds calls that wait for an endpoint with a limit. */
static void print_bulkhead(const struct service_settings *service, FILE *out)
{
    const struct service_bulkhead *bulkhead = &service->bulkhead;

    if (!bulkhead_is_needed(service))
        return;
    fprintf(out, "    ");
    if (bulkhead->max_in_flight > 0)
        fprintf(out, "max_in_flight %u, ", bulkhead->max_in_flight);
    if (bulkhead->queue == 0) {
        fprintf(out, "queue off\n");
        return;
    }
    fprintf(out, "queue %u", bulkhead->queue);
    print_duration("wait", bulkhead->wait_ms, out);
    fprintf(out, "\n");
}

static void print_retry(const struct service_settings *service, FILE *out)
{
    const struct service_retry *retry = &service->retry;

    fprintf(out, "    retry %s", retry->methods == NULL ? "off" : "");
    for (const struct text *one = retry->methods; one != NULL && one->at != NULL; one++)
        fprintf(out, "%s%.*s", one == retry->methods ? "" : " ", TEXT_ARGS(*one));
    if (retry->methods != NULL) {
        print_duration("try", retry->try_ms, out);
        fprintf(out, ", budget %u%%, reserve %u", retry->budget_percent, retry->reserve);
    }
    fprintf(out, ", hedge_budget %u%%\n", service->hedge_percent);
}

static void print_breaker(const struct service_breaker *breaker, FILE *out)
{
    if (breaker->volume == 0) {
        fprintf(out, "    breaker off\n");
        return;
    }
    fprintf(out, "    breaker error_threshold %u%%, volume %u", breaker->error_percent,
            breaker->volume);
    print_duration("reset", breaker->reset_ms, out);
    print_duration("window", breaker->window_ms, out);
    fprintf(out, "\n");
}

static void print_ejection(const struct service_ejection *ejection, FILE *out)
{
    if (ejection->failures == 0) {
        fprintf(out, "    ejection off\n");
        return;
    }
    fprintf(out, "    ejection failures %u", ejection->failures);
    print_duration("time", ejection->time_ms, out);
    print_duration("max_time", ejection->max_time_ms, out);
    fprintf(out, ", max_ejected %u%%\n", ejection->max_percent);
}

static void print_health(const struct service_health *health, FILE *out)
{
    if (health->path == NULL) {
        fprintf(out, "    health off\n");
        return;
    }
    fprintf(out, "    health %s", health->path);
    print_duration("interval", health->interval_ms, out);
    fprintf(out, ", jitter %u%%", health->jitter_percent);
    print_duration("timeout", health->timeout_ms, out);
    fprintf(out, ", rise %u, fall %u", health->rise, health->fall);
    if (health->status != 0)
        fprintf(out, ", status %u", health->status);
    if (health->body.at != NULL)
        fprintf(out, ", body \"%.*s\"", TEXT_ARGS(health->body));
    fprintf(out, "%s\n", health->is_essential ? ", essential" : "");
}

void service_list_print(const struct config *config, FILE *out)
{
    for (size_t i = 0; i < config->service_count; i++) {
        const struct service_settings *service = &config->services[i];
        print_endpoints(config, service, out);
        print_balance(service, out);
        print_times(service, out);
        print_bulkhead(service, out);
        print_retry(service, out);
        print_breaker(&service->breaker, out);
        print_ejection(&service->ejection, out);
        print_health(&service->health, out);
    }
}
