/* Tests of the health pages for given reports about two services. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/app/health_page.h"
#include "bff/base/clock.h"

#define NOON INT64_C(1769947200000) /* 2026-02-01T12:00:00.000Z */

/* What is known. */

static struct bff_service users = {.name = "users"}, orders = {.name = "orders"};
static struct service_endpoint addresses[] = {{.authority = "a:1"}, {.authority = "b:2"}};
static struct service_settings services[2] = {
    {.service = &users, .endpoints = addresses, .endpoint_count = 2},
    {.service = &orders, .endpoints = addresses, .endpoint_count = 1},
};
static const struct health_report *known[2];

size_t health_count(const struct health *health) { return 2; }

const struct service_settings *health_service(const struct health *health, size_t service)
{
    return &services[service];
}

struct health_report health_read(struct health *health, size_t service) { return *known[service]; }

/* The first endpoints are down. Of the others as much is known as of the service. */
struct health_report health_read_endpoint(struct health *health, size_t service, size_t endpoint)
{
    struct health_report report = *known[service];

    if (report.state == HEALTH_UP && endpoint < report.endpoints_down)
        report.state = HEALTH_DOWN;
    return report;
}

static const struct health_report unknown = {.since_ms = NOON, .endpoints = 1},
                                  up = {.state = HEALTH_UP,
                                        .since_ms = NOON,
                                        .asked_ms = NOON + 5,
                                        .took_ns = 1234567,
                                        .endpoints = 1},
                                  half = {.state = HEALTH_UP,
                                          .since_ms = NOON,
                                          .asked_ms = NOON + 5,
                                          .took_ns = 99999,
                                          .endpoints = 2,
                                          .endpoints_down = 1,
                                          .reason = REASON_CONNECT},
                                  refused = {.state = HEALTH_DOWN,
                                             .since_ms = NOON,
                                             .asked_ms = NOON + 5,
                                             .took_ns = 2000000,
                                             .endpoints = 1,
                                             .endpoints_down = 1,
                                             .reason = REASON_CONNECT},
                                  broken = {.state = HEALTH_DOWN,
                                            .since_ms = NOON,
                                            .asked_ms = NOON + 5,
                                            .took_ns = 2000000,
                                            .endpoints = 1,
                                            .endpoints_down = 1,
                                            .reason = REASON_STATUS,
                                            .status = 503};

/* The pages. */

#define TIME "\"time\":\"2026-02-01T12:00:00.005Z\","
#define UP "[{\"status\":\"pass\"," TIME "\"observedValue\":1.2,\"observedUnit\":\"ms\"}]"
#define FAIL(output)                                                                               \
    "[{\"status\":\"fail\"," TIME "\"observedValue\":2.0,\"observedUnit\":\"ms\",\"output\":"      \
    "\"" output "\"}]"
#define HALF                                                                                       \
    "[{\"status\":\"warn\"," TIME "\"observedValue\":0.0,\"observedUnit\":\"ms\",\"output\":"      \
    "\"1 of 2 endpoints: connect\"}]"
#define CHECKS(status, users, orders)                                                              \
    "{\"status\":\"" status "\",\"checks\":{\"users\":" users ",\"orders\":" orders "}}"
#define SINCE "\"since\":\"2026-02-01T12:00:00.000Z\""
#define ENDPOINT(address, state) "{\"endpoint\":\"" address "\"," state SINCE "}"
#define ENDPOINTS(list) ",\"endpoints\":[" list "]}"
#define IS(word) "\"status\":\"" word "\","
#define REFUSED IS("down") "\"reason\":\"connect\","
#define BROKEN IS("down") "\"reason\":\"status\",\"httpStatus\":503,"

/* essential: of "uo", the services that are. want: NULL where there is no such service */
static const struct {
    const char *why, *path;
    const struct health_report *users, *orders;
    const char *essential;
    bool is_draining;
    int status;
    const char *want;
} cases[] = {
    {"all well", "/health", &up, &up, "", false, 200, CHECKS("pass", UP, UP)},
    {"nothing known yet", "/health", &unknown, &up, "", false, 200,
     CHECKS("pass", "[{\"status\":\"pass\"}]", UP)},
    {"one is down: alive", "/health", &up, &refused, "o", false, 200,
     CHECKS("warn", UP, FAIL("connect"))},
    {"by its status", "/health", &broken, &up, "", false, 200,
     CHECKS("warn", FAIL("status 503"), UP)},
    {"one endpoint is down", "/health", &half, &up, "", false, 200, CHECKS("warn", HALF, UP)},
    {"alive while draining", "/health", &up, &up, "", true, 200, CHECKS("pass", UP, UP)},

    {"ready", "/ready", &up, &up, "uo", false, 200, "{\"status\":\"ready\"}"},
    {"unknown counts as up", "/ready", &unknown, &up, "uo", false, 200, "{\"status\":\"ready\"}"},
    {"half is up", "/ready", &half, &up, "uo", false, 200, "{\"status\":\"ready\"}"},
    {"one that is not essential", "/ready", &up, &refused, "u", false, 200,
     "{\"status\":\"ready\"}"},
    {"one that is", "/ready", &up, &refused, "uo", false, 503,
     "{\"status\":\"unavailable\",\"services\":[\"orders\"]}"},
    {"both", "/ready", &broken, &refused, "uo", false, 503,
     "{\"status\":\"unavailable\",\"services\":[\"users\",\"orders\"]}"},
    {"draining", "/ready", &up, &up, "", true, 503, "{\"status\":\"draining\"}"},
    {"draining says more", "/ready", &broken, &up, "u", true, 503, "{\"status\":\"draining\"}"},

    {"up", "/health/users", &up, &up, "", false, 200,
     "{\"service\":\"users\"," IS("up")
         SINCE ENDPOINTS(ENDPOINT("a:1", IS("up")) "," ENDPOINT("b:2", IS("up")))},
    {"half", "/health/users", &half, &up, "", false, 200,
     "{\"service\":\"users\"," IS("up")
         SINCE ENDPOINTS(ENDPOINT("a:1", REFUSED) "," ENDPOINT("b:2", IS("up")))},
    {"unknown", "/health/orders", &up, &unknown, "", false, 200,
     "{\"service\":\"orders\"," IS("unknown") SINCE ENDPOINTS(ENDPOINT("a:1", IS("unknown")))},
    {"refused", "/health/orders", &up, &refused, "", false, 503,
     "{\"service\":\"orders\"," REFUSED SINCE ENDPOINTS(ENDPOINT("a:1", REFUSED))},
    {"broken", "/health/users", &broken, &up, "", true, 503,
     "{\"service\":\"users\"," BROKEN SINCE ENDPOINTS(
         ENDPOINT("a:1", BROKEN) "," ENDPOINT("b:2", BROKEN))},
    {"no such service", "/health/carts", &up, &up, "", false, 404, NULL},
    {"no name", "/health/", &up, &up, "", false, 404, NULL},
    {"more than a name", "/health/users/", &up, &up, "", false, 404, NULL},
    {"another case", "/health/Users", &up, &up, "", false, 404, NULL},
};

static void test_pages(void **state)
{
    struct health_page page = {0};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pool *pool = pool_new();
        known[0] = cases[i].users;
        known[1] = cases[i].orders;
        services[0].health.is_essential = strchr(cases[i].essential, 'u') != NULL;
        services[1].health.is_essential = strchr(cases[i].essential, 'o') != NULL;
        struct health_answer answer =
            health_page_answer(&page, text_of(cases[i].path), cases[i].is_draining, pool);

        if (answer.status != cases[i].status || !text_equal(answer.body, text_of(cases[i].want)))
            fail_msg("%s: %d %.*s\nwant %d %s", cases[i].why, answer.status, TEXT_ARGS(answer.body),
                     cases[i].status, cases[i].want);
        pool_free(pool);
    }
}

static void test_paths(void **state)
{
    assert_true(health_page_is(TEXT("/health")));
    assert_true(health_page_is(TEXT("/ready")));
    assert_true(health_page_is(TEXT("/health/users")));
    assert_true(health_page_is(TEXT("/health/")));
    assert_false(health_page_is(TEXT("/healthy")));
    assert_false(health_page_is(TEXT("/ready/")));
    assert_false(health_page_is(TEXT("/Health")));
    assert_false(health_page_is(TEXT("/api/health")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
