/* Tests of services in the configuration: how endpoints are chosen, and what stands between a call
 * and an endpoint. */
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define USERS(settings) "services: {users: {" settings "}}\n"
#define TWO "endpoints: [\"http://a\", \"http://b\"]"

static void endpoints_print(const struct service_settings *service, FILE *out)
{
    for (size_t i = 0; i < service->endpoint_count; i++) {
        const struct service_endpoint *one = &service->endpoints[i];
        fprintf(out, "%s%s://%s*%u", i == 0 ? "" : " ", one->is_tls ? "https" : "http",
                one->authority, one->weight);
        if (one->max_in_flight > 0)
            fprintf(out, "<%u", one->max_in_flight);
        fprintf(out, "%s", one->is_backup ? " backup" : "");
    }
}

static const struct {
    const char *why, *yaml, *want;
} endpoints[] = {
    {"a URL", USERS("endpoints: http://a"), "http://a*1"},
    {"a mapping", USERS("endpoints: {url: \"https://a\", weight: 3}"), "https://a*3"},
    {"URLs and mappings",
     USERS("endpoints: [\"http://a\", {weight: 5, url: \"http://b:1\", max_in_flight: 7}, "
           "{url: \"http://[::1]\", backup: true}]"),
     "http://a*1 http://b:1*5<7 http://[::1]*1 backup"},
    {"null and an empty variable are the defaults",
     USERS("endpoints: [{url: \"http://a\", weight: ~, max_in_flight: \"${BFF_NONE:-}\"}]"),
     "http://a*1"},
    {"a variable", USERS("endpoints: [{url: \"http://${BFF_HOST}\", weight: 2}]"),
     "http://from-env*2"},
    {"an alias",
     "services: {orders: {endpoints: &e [{url: \"http://a\", weight: 2}]}, users: "
     "{endpoints: *e}}\n",
     "http://a*2"},
};

static const char *const balances[] = {"round_robin", "least_connections", "hash", "two_choices"};
static const char *const keys[] = {"-", "address", "path", "query", "header", "cookie", "user"};

static void choice_print(const struct service_settings *service, FILE *out)
{
    fprintf(out, "%s %s:%.*s slow %u panic %u%s; ", balances[service->balance],
            keys[service->key.kind], TEXT_ARGS(service->key.name), service->slow_start_ms,
            service->panic_percent, service->resolves_each ? " each" : "");
    fprintf(out, "ejection %u %u %u %u; ", service->ejection.failures, service->ejection.time_ms,
            service->ejection.max_time_ms, service->ejection.max_percent);
    fprintf(out, "health %s %u %u %u %u %.*s", service->health.path == NULL ? "-" : "on",
            service->health.jitter_percent, service->health.rise, service->health.fall,
            service->health.status, TEXT_ARGS(service->health.body));
}

#define EJECTION "ejection 5 30000 300000 50; "
#define HEALTH "health on 10 2 3 0 "

static const struct {
    const char *why, *yaml, *want;
} choices[] = {
    {"nothing", "", "round_robin -: slow 0 panic 50; " EJECTION HEALTH},
    {"the client's address", USERS("balance: ip_hash"),
     "hash address: slow 0 panic 50; " EJECTION HEALTH},
    {"a parameter", USERS("balance: hash, key: query:Shop"),
     "hash query:Shop slow 0 panic 50; " EJECTION HEALTH},
    {"a header, in lower case", USERS("key: header:X-Shop, balance: hash, slow_start: 1m"),
     "hash header:x-shop slow 60000 panic 50; " EJECTION HEALTH},
    {"a cookie", USERS("balance: hash, key: cookie:Cart"),
     "hash cookie:Cart slow 0 panic 50; " EJECTION HEALTH},
    {"the path", USERS("balance: hash, key: path"), "hash path: slow 0 panic 50; " EJECTION HEALTH},
    {"the user", USERS("balance: hash, key: user"), "hash user: slow 0 panic 50; " EJECTION HEALTH},
    {"percentages with and without a sign",
     USERS("balance: two_choices, panic: 30%, resolve: each, ejection: {max_ejected: 10%}"),
     "two_choices -: slow 0 panic 30 each; ejection 5 30000 300000 10; " HEALTH},
    {"all of ejection", USERS("ejection: {failures: 1, time: 1s, max_time: 1s, max_ejected: 100}"),
     "round_robin -: slow 0 panic 50; ejection 1 1000 1000 100; " HEALTH},
    {"the default of max_time grows with time", USERS("ejection: {time: 1h}"),
     "round_robin -: slow 0 panic 50; ejection 5 3600000 3600000 50; " HEALTH},
    {"no ejection", USERS("ejection: off, panic: 0, balance: least_connections"),
     "least_connections -: slow 0 panic 0; ejection 0 30000 300000 50; " HEALTH},
    {"all of health", USERS("health: {jitter: 0, rise: 1, fall: 4, status: 204, body: \"o: k\"}"),
     "round_robin -: slow 0 panic 50; " EJECTION "health on 0 1 4 204 o: k"},
    {"no health", USERS("health: off"),
     "round_robin -: slow 0 panic 50; " EJECTION "health - 10 2 3 0 "},
};

static void calls_print(const struct service_settings *service, FILE *out)
{
    const struct service_retry *retry = &service->retry;

    fprintf(out, "time %u %u; bulkhead %u %u %u; ", service->min_time_ms, service->min_wait_ms,
            service->bulkhead.max_in_flight, service->bulkhead.queue, service->bulkhead.wait_ms);
    fprintf(out, "breaker %u %u %u %u; ", service->breaker.error_percent, service->breaker.volume,
            service->breaker.reset_ms, service->breaker.window_ms);
    fprintf(out, "hedge %u; retry %u %u %u", service->hedge_percent, retry->try_ms,
            retry->budget_percent, retry->reserve);
    for (const struct text *one = retry->methods; one != NULL && one->at != NULL; one++)
        fprintf(out, " %.*s", TEXT_ARGS(*one));
}

#define TIME "time 5 100; "
#define BULKHEAD "bulkhead 0 100 100; "
#define BREAKER "breaker 50 10 10000 10000; "
#define RETRY "hedge 5; retry 300 20 10 GET HEAD"

static const struct {
    const char *why, *yaml, *want;
} calls[] = {
    {"nothing", "", TIME BULKHEAD BREAKER RETRY},
    {"times", USERS("min_time: 0s, min_wait: 1s"), "time 0 1000; " BULKHEAD BREAKER RETRY},
    {"limits", USERS("max_in_flight: 7, queue: {length: 3, wait: 1s}"),
     TIME "bulkhead 7 3 1000; " BREAKER RETRY},
    {"no queue", USERS("max_in_flight: 7, queue: off"), TIME "bulkhead 7 0 100; " BREAKER RETRY},
    {"all of the breaker",
     USERS("breaker: {error_threshold: 0, volume: 1, reset: 10ms, window: 100ms}"),
     TIME BULKHEAD "breaker 0 1 10 100; " RETRY},
    {"no breaker", USERS("breaker: off"), TIME BULKHEAD "breaker 50 0 10000 10000; " RETRY},
    {"all of retry",
     USERS("retry: {try: 1s, methods: [PUT, GET], budget: 100%, reserve: 0}, hedge_budget: 0"),
     TIME BULKHEAD BREAKER "hedge 0; retry 1000 100 0 PUT GET"},
    {"one method", USERS("retry: {methods: DELETE}"),
     TIME BULKHEAD BREAKER "hedge 5; retry 300 20 10 DELETE"},
    {"no retry", USERS("retry: off"), TIME BULKHEAD BREAKER "hedge 5; retry 300 20 10"},
    {"defaults are cut to a shorter total", USERS("timeout: {total: 50ms}"),
     "time 5 50; bulkhead 0 100 50; " BREAKER "hedge 5; retry 50 20 10 GET HEAD"},
};

static void wants(const char *why, const char *yaml, const char *want,
                  void (*print)(const struct service_settings *service, FILE *out))
{
    char got[1024] = "";
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    if (reading_read("--config web.yaml", &config) != CONFIG_SERVE)
        fail_msg("%s: %s", why, config.mistakes.lines[0]);
    FILE *out = fmemopen(got, sizeof(got), "w");
    print(&config.services[0], out);
    fclose(out);
    if (strcmp(got, want) != 0)
        fail_msg("%s: got\n%s\nwant\n%s", why, got, want);
    config_free(&config);
}

static void test_endpoints(void **state)
{
    setenv("BFF_HOST", "from-env", 1);
    for (size_t i = 0; i < COUNT(endpoints); i++)
        wants(endpoints[i].why, endpoints[i].yaml, endpoints[i].want, endpoints_print);
}

static void test_which_endpoint(void **state)
{
    for (size_t i = 0; i < COUNT(choices); i++)
        wants(choices[i].why, choices[i].yaml, choices[i].want, choice_print);
}

static void test_calls(void **state)
{
    for (size_t i = 0; i < COUNT(calls); i++)
        wants(calls[i].why, calls[i].yaml, calls[i].want, calls_print);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_which_endpoint),
        cmocka_unit_test(test_calls),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
