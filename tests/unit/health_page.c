/* Tests of the health pages for what is known about two services. */
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

/* NULL: of the users service, the first endpoints are down, and of the others as much is known as
 * of the service. */
static const struct health_endpoint *endpoint_known;
static const struct breaker_report *breaker_known; /* of the users service; NULL: it has none */

struct health_endpoint health_read_endpoint(struct health *health, size_t service, size_t endpoint)
{
    const struct health_report *report = known[service];
    bool is_down = report->state == HEALTH_DOWN || endpoint < report->endpoints_down;
    struct health_endpoint given = {.at = NULL};

    if (endpoint == services[service].endpoint_count)
        return given;
    if (endpoint_known != NULL) {
        given = *endpoint_known;
        given.at = &addresses[endpoint];
        return given;
    }
    return (struct health_endpoint){
        .at = &addresses[endpoint],
        .state = is_down ? HEALTH_DOWN : report->state,
        .reason = is_down ? report->reason : REASON_NONE,
        .status = is_down ? report->status : 0,
        .since_ms = report->since_ms,
    };
}

bool health_read_breaker(struct health *health, size_t service, struct breaker_report *out)
{
    if (service == 1 || breaker_known == NULL)
        return false;
    *out = *breaker_known;
    return true;
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

#define SINCE "\"since\":\"2026-02-01T12:00:00.000Z\""
#define IS(word) "\"status\":\"" word "\","
#define REFUSED IS("down") "\"reason\":\"connect\","
#define BROKEN IS("down") "\"reason\":\"status\",\"httpStatus\":503,"
#define ENDPOINTS(list) ",\"endpoints\":[" list "]"
#define NAMELESS(state) "{" state SINCE ",\"inFlight\":0}"
#define ENDPOINT(address, state) "{\"endpoint\":\"" address "\"," state SINCE ",\"inFlight\":0}"
#define ONE(state) ENDPOINTS(NAMELESS(state))
#define TWO(first, second) ENDPOINTS(NAMELESS(first) "," NAMELESS(second))

/* The users service has two endpoints, and orders has one. */
#define TIME "\"time\":\"2026-02-01T12:00:00.005Z\","
#define CHECK(status, value, more)                                                                 \
    "[{\"status\":\"" status "\"," TIME "\"observedValue\":" value ",\"observedUnit\":\"ms\"" more \
    "}]"
#define OUTPUT(words) ",\"output\":\"" words "\""
#define UP CHECK("pass", "1.2", ONE(IS("up")))
#define BOTH_UP CHECK("pass", "1.2", TWO(IS("up"), IS("up")))
#define SERVICE(name, state, list) "{\"service\":\"" name "\"," state SINCE ENDPOINTS(list) "}"
#define CHECKS(status, users, orders)                                                              \
    "{\"status\":\"" status "\",\"checks\":{\"users\":" users ",\"orders\":" orders "}}"

/* essential: of "uo", the services that are. want: NULL where there is no such service */
static const struct {
    const char *why, *path;
    const struct health_report *users, *orders;
    const char *essential;
    bool is_draining;
    int status;
    const char *want;
} cases[] = {
    {"all well", "/health", &up, &up, "", false, 200, CHECKS("pass", BOTH_UP, UP)},
    {"nothing known yet", "/health", &unknown, &up, "", false, 200,
     CHECKS("pass", "[{\"status\":\"pass\"" TWO(IS("unknown"), IS("unknown")) "}]", UP)},
    {"one is down: alive", "/health", &up, &refused, "o", false, 200,
     CHECKS("warn", BOTH_UP, CHECK("fail", "2.0", OUTPUT("connect") ONE(REFUSED)))},
    {"by its status", "/health", &broken, &up, "", false, 200,
     CHECKS("warn", CHECK("fail", "2.0", OUTPUT("status 503") TWO(BROKEN, BROKEN)), UP)},
    {"one endpoint is down", "/health", &half, &up, "", false, 200,
     CHECKS("warn",
            CHECK("warn", "0.0", OUTPUT("1 of 2 endpoints: connect") TWO(REFUSED, IS("up"))), UP)},
    {"alive while draining", "/health", &up, &up, "", true, 200, CHECKS("pass", BOTH_UP, UP)},

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
     SERVICE("users", IS("up"), ENDPOINT("a:1", IS("up")) "," ENDPOINT("b:2", IS("up")))},
    {"half", "/health/users", &half, &up, "", false, 200,
     SERVICE("users", IS("up"), ENDPOINT("a:1", REFUSED) "," ENDPOINT("b:2", IS("up")))},
    {"unknown", "/health/orders", &up, &unknown, "", false, 200,
     SERVICE("orders", IS("unknown"), ENDPOINT("a:1", IS("unknown")))},
    {"refused", "/health/orders", &up, &refused, "", false, 503,
     SERVICE("orders", REFUSED, ENDPOINT("a:1", REFUSED))},
    {"broken", "/health/users", &broken, &up, "", true, 503,
     SERVICE("users", BROKEN, ENDPOINT("a:1", BROKEN) "," ENDPOINT("b:2", BROKEN))},
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

/* What an endpoint shows beside its address. */
static const struct {
    const char *why;
    struct health_endpoint known;
    unsigned weight;
    bool is_backup;
    const char *want;
} endpoints[] = {
    {"ejected by a status, for some time",
     {NULL, "", HEALTH_EJECTED, REASON_STATUS, 500, NOON, NOON + 30000, 2, 0, 0, 0},
     1,
     false,
     IS("ejected") "\"reason\":\"status\",\"httpStatus\":500," SINCE
                   ",\"until\":\"2026-02-01T12:00:30.000Z\",\"inFlight\":2"},
    {"its trial",
     {NULL, "", HEALTH_TRIAL, REASON_RESET, 0, NOON, 0, 1, 0, 0, 0},
     1,
     false,
     IS("trial") "\"reason\":\"reset\"," SINCE ",\"inFlight\":1"},
    {"without the expected text",
     {NULL, "", HEALTH_DOWN, REASON_BODY, 200, NOON, 0, 0, 0, 0, 0},
     1,
     false,
     IS("down") "\"reason\":\"body\",\"httpStatus\":200," SINCE ",\"inFlight\":0"},
    {"all else",
     {NULL, "", HEALTH_UP, REASON_NONE, 0, NOON, 0, 17, 12345678, 0, 0},
     5,
     true,
     IS("up") SINCE ",\"inFlight\":17,\"firstByteMs\":12.3,\"weight\":5,\"backup\":true"},
};

static struct health_answer page_of(const char *path, struct pool *pool)
{
    return health_page_answer(&(struct health_page){0}, text_of(path), false, pool);
}

static void test_an_endpoint(void **state)
{
    known[0] = known[1] = &up;
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
        struct pool *pool = pool_new();
        endpoint_known = &endpoints[i].known;
        addresses[0].weight = endpoints[i].weight;
        addresses[0].is_backup = endpoints[i].is_backup;
        struct text body = page_of("/health/orders", pool).body;
        const char *want = pool_print(pool,
                                      "{\"service\":\"orders\"," IS("up") SINCE
                                      ",\"endpoints\":[{\"endpoint\":\"a:1\",%s}]}",
                                      endpoints[i].want)
                               .at;

        if (!text_is(body, want))
            fail_msg("%s:\n got %.*s\nwant %s", endpoints[i].why, TEXT_ARGS(body), want);
        pool_free(pool);
    }
    endpoint_known = NULL;
    addresses[0].weight = 0;
    addresses[0].is_backup = false;
}

/* verdict: of the service's check on /health */
static const struct {
    enum breaker_state state;
    const struct health_report *report;
    int status;
    const char *want, *verdict;
} breakers[] = {
    {BREAKER_CLOSED, &up, 200, "closed", "{\"status\":\"pass\""},
    {BREAKER_OPEN, &up, 503, "open", "{\"status\":\"fail\""},
    {BREAKER_HALF_OPEN, &up, 200, "half_open", "{\"status\":\"warn\""},
    {BREAKER_CLOSED, &refused, 503, "closed", "{\"status\":\"fail\""},
    {BREAKER_HALF_OPEN, &refused, 503, "half_open", "{\"status\":\"fail\""},
};

static bool has(struct text body, const char *words)
{
    return memmem(body.at, body.len, words, strlen(words)) != NULL;
}

static void test_the_breaker(void **state)
{
    for (size_t i = 0; i < sizeof(breakers) / sizeof(breakers[0]); i++) {
        struct pool *pool = pool_new();
        struct breaker_report report = {breakers[i].state, NOON, 12, 7};
        breaker_known = &report;
        known[0] = breakers[i].report;
        known[1] = &up;
        const char *want = pool_print(pool,
                                      "\"breaker\":{\"state\":\"%s\"," SINCE
                                      ",\"calls\":12,\"failures\":7},\"endpoints\":",
                                      breakers[i].want)
                               .at;
        struct health_answer users_page = page_of("/health/users", pool);

        assert_int_equal(users_page.status, breakers[i].status);
        assert_true(has(users_page.body, want));
        assert_false(has(page_of("/health/orders", pool).body, "breaker"));
        struct text all = page_of("/health", pool).body;
        assert_true(has(all, want) && has(all, breakers[i].verdict));
        pool_free(pool);
    }
    breaker_known = NULL;
}

/* connections: '+' is up, '-' is down */
static const struct {
    const char *connections, *status, *more;
} redis_cases[] = {
    {"", "pass", ""},
    {"++", "pass", ""},
    {"+-", "warn", ",\"output\":\"timeout\""},
    {"--", "fail", ",\"output\":\"timeout\""},
};

/* Returns the time that ${page} has behind ${word}. */
static struct text time_behind(const char *word, struct text page)
{
    const char *at = memmem(page.at, page.len, word, strlen(word));

    return (struct text){strstr(at, "\"time\":") + sizeof("\"time\":"), CLOCK_ISO_SIZE - 1};
}

/* Prints the members that the checks of Redis and the cache add. The times are those of ${page}:
 * the clock is read for each store, so a millisecond may pass between them. */
static const char *stores_text(struct pool *pool, size_t i, struct text page)
{
    struct text redis = time_behind("\"redis\"", page), cache = time_behind("\"cache\"", page);

    return pool_print(pool,
                      ",\"redis\":[{\"status\":\"%s\",\"time\":\"%.*s\"%s}],\"cache\":[{"
                      "\"status\":\"pass\",\"time\":\"%.*s\",\"observedValue\":0,"
                      "\"observedUnit\":\"bytes\",\"limit\":1000,\"entries\":0,\"evicted\":0}]}}",
                      redis_cases[i].status, TEXT_ARGS(redis), redis_cases[i].more,
                      TEXT_ARGS(cache))
        .at;
}

static void connections_make(struct redis_state *redis, const char *connections)
{
    for (; *connections != '\0'; connections++) {
        enum redis_state_mine mine = REDIS_STATE_UNKNOWN;
        if (*connections == '+')
            redis_state_up(redis, &mine);
        else
            redis_state_down(redis, &mine, REDIS_FAULT_TIMEOUT, "/s");
    }
}

static void expect_stores(size_t i, struct registry *registry, struct pool *pool)
{
    struct redis_settings settings = {.socket = "/s"};
    struct redis_state *redis = redis_state_hold(registry, &settings);
    struct cache *cache = cache_hold(registry, (struct text){0});
    struct health_page page = {.stores = {.redis = redis, .cache = cache}};

    cache_set_limit(cache, 1000);
    connections_make(redis, redis_cases[i].connections);
    struct health_answer answer = health_page_answer(&page, TEXT("/health"), false, pool);
    const char *want = stores_text(pool, i, answer.body);
    bool is_well = strcmp(redis_cases[i].status, "pass") == 0;

    assert_int_equal(answer.status, 200);
    if (!has(answer.body, want))
        fail_msg("%s:\n got %.*s\nwant %s", redis_cases[i].connections, TEXT_ARGS(answer.body),
                 want);
    assert_true(text_starts(answer.body,
                            is_well ? TEXT("{\"status\":\"pass\"") : TEXT("{\"status\":\"warn\"")));
    registry_release(cache);
    registry_release(redis);
}

static void test_redis_and_the_cache(void **state)
{
    known[0] = known[1] = &up;
    for (size_t i = 0; i < sizeof(redis_cases) / sizeof(redis_cases[0]); i++) {
        struct registry *registry = registry_new();
        struct pool *pool = pool_new();
        expect_stores(i, registry, pool);
        pool_free(pool);
        registry_free(registry);
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
        cmocka_unit_test(test_pages),       cmocka_unit_test(test_an_endpoint),
        cmocka_unit_test(test_the_breaker), cmocka_unit_test(test_redis_and_the_cache),
        cmocka_unit_test(test_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
