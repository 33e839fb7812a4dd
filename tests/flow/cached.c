/* Tests of parts that are answered from the cache, over several pages: what a page asks, and what
 * goes on in the background. One worker, and the real cache. */
#include "bff/cache/cache_flight.h"

#include "tests/flow/flow.h"

static const struct bff_service service = {.name = "service"};

static void ask_user(struct bff_ask *ask) { ask_get(ask, &service, "/user"); }
static void ask_again(struct bff_ask *ask) { ask_get(ask, &service, "/user"); }
static void ask_other(struct bff_ask *ask) { ask_get(ask, &service, "/other"); }

static void ask_list(struct bff_ask *ask)
{
    static const char *const paths[] = {"/a", "/b", "/a"};

    for (size_t i = 0; i < FLOW_COUNT(paths); i++)
        ask_get(ask, &service, paths[i]);
}

static const struct bff_part parts[] = {
    {.name = "user", .ask = ask_user, .cache_s = 10, .stale_s = 10, .timeout_ms = 200},
    {.name = "again", .ask = ask_again, .cache_s = 10, .after = "user"},
    {.name = "other", .ask = ask_other},
};

static const struct bff_composite page = {
    .route = "GET /page/:id", .access = BFF_PUBLIC, .budget_ms = 500, .parts = BFF_TABLE(parts)};

static const struct bff_part list_parts[] = {
    {.name = "list", .ask = ask_list, .many = 3, .at_once = 1, .cache_s = 10},
};

static const struct bff_composite list_page = {
    .route = "GET /list/:id", .access = BFF_PUBLIC, .parts = BFF_TABLE(list_parts)};

static const struct bff_part required_parts[] = {
    {.name = "other", .ask = ask_other, .need = BFF_REQUIRED},
    {.name = "user", .ask = ask_user, .cache_s = 10},
};

static const struct bff_composite required_page = {.route = "GET /required/:id",
                                                   .failure = "Failed",
                                                   .access = BFF_PUBLIC,
                                                   .parts = BFF_TABLE(required_parts)};

/* The same call twice, with different circuit breakers. */
static const struct bff_part twin_parts[] = {
    {.name = "own",
     .ask = ask_user,
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT,
     .cache_s = 10,
     .has_breaker = true},
    {.name = "user", .ask = ask_user, .cache_s = 10},
};

static const struct bff_composite twin_page = {.route = "GET /twin/:id",
                                               .failure = "Failed",
                                               .access = BFF_PUBLIC,
                                               .parts = BFF_TABLE(twin_parts)};

static const struct bff_part owner_parts[] = {
    {.name = "user", .ask = ask_user, .kind = BFF_OBJECT, .cache_s = 10},
    {.name = "other", .ask = ask_other, .after = "user"},
};

static const struct bff_composite owner_page = {.route = "GET /owner/:id",
                                                .access = BFF_OWNER,
                                                .owner = "user.id",
                                                .parts = BFF_TABLE(owner_parts)};

static bool is_ada(void *cookie, struct text owner) { return text_is(owner, "ada"); }

/* The worker. */

static struct {
    struct registry *registry;
    h2o_loop_t *loop;
    struct cache_worker *cache;
    struct cache_flights *flights;
    const struct plan *plan; /* of the page that is asked again */
} worker;

static int begin_worker(void **state)
{
    worker.plan = NULL;
    worker.registry = registry_new();
    if (worker.loop == NULL) /* libh2o cannot free it */
        worker.loop = h2o_evloop_create();
    worker.cache = cache_worker_new(worker.registry, worker.loop, (struct text){0});
    cache_set_limit(worker.cache->cache, 1024 * 1024);
    cache_background_set_limit(worker.cache->background, 2);
    worker.flights = cache_flights_new(worker.cache, NULL, NULL);
    memset(&flow, 0, sizeof(flow));
    flow.boot = pool_new();
    flow.now_ns = 1000 * CLOCK_MS;
    return 0;
}

/* Whatever goes on in the background ends with the worker. */
static int end_worker(void **state)
{
    cache_flights_free(worker.flights);
    assert_int_equal(flow.under_way, 0);
    cache_worker_free(worker.cache);
    registry_free(worker.registry);
    pool_free(flow.boot);
    return 0;
}

/* Asks for the next page. The calls of ${script} are added to those that go on. */
static void begin_page(const struct bff_composite *composite, const char *script)
{
    flow.script = script;
    flow.pool = pool_new();
    flow.done = flow.trace_len = 0;
    flow.trace[0] = '\0';
    timers_init(&flow.timers, flow_wake_at);
    if (worker.plan == NULL || worker.plan->composite != composite)
        worker.plan = flow_plan(flow.boot, composite);
    flow.request = (struct run_request){
        .plan = worker.plan,
        .pool = flow.pool,
        .timers = &flow.timers,
        .headers = TEXT("accept: application/json\r\n"),
        .client_header = flow_client_header,
        .flights = worker.flights,
        .may_see = composite->access == BFF_OWNER ? is_ada : NULL,
        .body_limit = 1024 * 1024,
        .depth_limit = 128,
    };
    flow.run = run_start(&flow.request, flow_done, &flow);
    assert_int_equal(flow.done, 0);
}

static void end_page(void)
{
    pool_free(flow.pool);
    assert_int_equal(flow_own(), 0);
    assert_int_equal(flow.timers.count, 0);
    timers_dispose(&flow.timers);
}

static void expect(const char *what, struct text got, const char *want)
{
    assert_int_equal(flow_differs(what, "it", got, want), 0);
}

/* A page, and what was seen: "${trace}", with times from its beginning. */
static void expect_page(const struct bff_composite *composite, const char *script,
                        const char *trace, const char *body)
{
    int64_t began_ns = flow.now_ns;

    flow.now_ns = began_ns;
    begin_page(composite, script);
    flow_play(began_ns / CLOCK_MS + 60 * 1000);
    assert_int_equal(flow.done, 1);
    expect(script, text_of(flow.trace), trace);
    expect(script, text_of(flow.body), body);
    end_page();
}

/* Lets ${ms} pass between two pages. */
static void pass(int64_t ms)
{
    int64_t until_ns = flow.now_ns + ms * CLOCK_MS;

    for (const struct flow_call *next = flow_next(); next != NULL && next->end_ns <= until_ns;
         next = flow_next()) {
        flow.now_ns = next->end_ns;
        flow_end(*next);
    }
    flow.now_ns = until_ns;
}

/* No call ends that could start the parts that wait for the owner. */
static void an_owner_who_is_a_hit_is_known_at_once(void **state)
{
    expect_page(&owner_page, "/user 20 {\"id\":\"ada\"}; /other 5 2",
                "1000 ask /user; 1020 end /user; 1020 ask /other; 1025 end /other; 1025 done",
                "{\"user\":{\"id\":\"ada\"},\"other\":2}");
    expect_page(&owner_page, "/other 5 2", "1025 ask /other; 1030 end /other; 1030 done",
                "{\"user\":{\"id\":\"ada\"},\"other\":2}");
}

#define GOOD "{\"user\":1,\"again\":1,\"other\":2}"
#define STALE "user;dur=0.0;desc=\"stale\""
#define TIMEOUT                                                                                    \
    "{\"user\":null,\"again\":null,\"other\":2,\"partialFailure\":true,\"errors\":{\"user\":"      \
    "{\"reason\":\"timeout\"},\"again\":{\"reason\":\"skipped\"}}}"

/* The second part finds in the cache what the first one has fetched. */
static void a_hit_needs_no_call(void **state)
{
    expect_page(&page, "/user 20 1; /other 0 2",
                "1000 ask /user; 1000 ask /other; 1000 end /other; 1020 end /user; 1020 done",
                GOOD);
    expect_page(&page, "/other 5 2", "1020 ask /other; 1025 end /other; 1025 done", GOOD);
    expect("Cache-Status", flow.answer.cache_status,
           "bff-web; hit; ttl=9; detail=user, bff-web; hit; ttl=9; detail=again, "
           "bff-web; fwd=bypass; detail=other");
    pass(30 * 1000);
    expect_page(&page, "/user 20 1; /other 0 2",
                "31025 ask /user; 31025 ask /other; 31025 end /other; 31045 end /user; 31045 done",
                GOOD);
}

static void a_list_asks_for_what_is_missing(void **state)
{
    expect_page(&list_page, "/a 1 1; /b 1 status 500",
                "1000 ask /a; 1001 end /a; 1001 ask /b; 1002 end /b; 1002 done",
                "{\"list\":[1,null,1],\"partialFailure\":true,\"errors\":{\"list[1]\":{"
                "\"reason\":\"status\",\"status\":500}}}");
    expect_page(&list_page, "/b 1 2", "1002 ask /b; 1003 end /b; 1003 done", "{\"list\":[1,2,1]}");
    expect_page(&list_page, "", "1003 done", "{\"list\":[1,2,1]}");
}

static void a_late_call_completes_the_next_page(void **state)
{
    expect_page(&page, "/user 700 1; /other 0 2",
                "1000 ask /user; 1000 ask /other; 1000 end /other; 1200 done", TIMEOUT);
    expect("Cache-Status", flow.answer.cache_status,
           "bff-web; fwd=miss; detail=\"user late\", bff-web; fwd=bypass; detail=other");
    pass(1000);
    expect_page(&page, "/other 0 2", "2200 ask /other; 2200 end /other; 2200 done", GOOD);
}

/* Also when the next page begins before that. */
static void a_page_may_join_a_late_call(void **state)
{
    expect_page(&page, "/user 300 1; /other 0 2", NULL, TIMEOUT);
    expect_page(&page, "/other 0 2", "1200 ask /other; 1200 end /other; 1300 end /user; 1300 done",
                GOOD);
}

static void only_so_many_calls_are_late(void **state)
{
    cache_background_set_limit(worker.cache->background, 0);
    expect_page(&page, "/user 700 1; /other 0 2",
                "1000 ask /user; 1000 ask /other; 1000 end /other; 1200 drop /user; 1200 done",
                TIMEOUT);
}

static void a_call_ends_with_a_page_that_fails_or_leaves(void **state)
{
    expect_page(&required_page, "/user 700 1; /other 5 status 404",
                "1000 ask /other; 1000 ask /user; 1005 end /other; 1005 drop /user; 1005 done",
                NULL);
    begin_page(&page, "/user 700 1; /other 0 hang");
    flow_play(1050);
    end_page();
    expect("the trace", text_of(flow.trace),
           "1005 ask /user; 1005 ask /other; 1050 drop /user; 1050 drop /other");
}

static void an_old_answer_is_used_and_refreshed_once(void **state)
{
    expect_page(&page, "/user 0 cc:max-age=0 1; /other 0 2", NULL, GOOD);
    expect_page(&page, "/user 50 3; /other 0 2",
                "1000 ask /user; 1000 ask /other; 1000 end /other; 1000 done", GOOD);
    assert_true(text_starts(flow.answer.server_timing, TEXT(STALE)));
    expect_page(&page, "/other 0 2", "1000 ask /other; 1000 end /other; 1000 done", GOOD);
    pass(50);
    expect_page(&page, "/other 0 2", NULL, "{\"user\":3,\"again\":3,\"other\":2}");
}

/* The old answer stays, and is used until its time is over. */
static void a_refresh_may_fail(void **state)
{
    expect_page(&page, "/user 0 cc:max-age=0 1; /other 0 2", NULL, GOOD);
    for (int i = 0; i < 3; i++) {
        expect_page(&page, "/user 0 status 503; /other 0 2", NULL, GOOD);
        pass(1);
    }
    pass(20 * 1000);
    expect_page(&page, "/user 0 status 503; /other 0 2", NULL,
                "{\"user\":null,\"again\":null,\"other\":2,\"partialFailure\":true,\"errors\":{"
                "\"user\":{\"reason\":\"status\",\"status\":503},\"again\":{\"reason\":"
                "\"skipped\"}}}");
}

#define LASTING "cc:max-age=0,stale-while-revalidate=0,stale-if-error=60 1"

/* The answer may be used when the service fails, and only then. */
static void an_old_answer_takes_the_place_of_a_failure(void **state)
{
    static const char *const failures[] = {"timeout",   "connect",  "reset",    "breaker_open 7",
                                           "limited 1", "bad_json", "bad_http", "status 500"};
    char script[100];

    expect_page(&page, "/user 0 " LASTING "; /other 0 2", NULL, GOOD);
    for (size_t i = 0; i < FLOW_COUNT(failures); i++) {
        snprintf(script, sizeof(script), "/user 20 %s; /other 0 2", failures[i]);
        expect_page(&page, script, NULL, GOOD);
        expect(failures[i], flow.answer.server_timing,
               "user;dur=20.0;desc=\"stale\", again;dur=0.0;desc=\"stale\", other;dur=0.0");
        expect(failures[i], flow.answer.proxy_status, "");
    }
    expect_page(&page, "/user 0 status 404; /other 0 2", NULL,
                "{\"user\":null,\"again\":null,\"other\":2,\"partialFailure\":true,\"errors\":{"
                "\"user\":{\"reason\":\"status\",\"status\":404},\"again\":{\"reason\":"
                "\"skipped\"}}}");
}

static void an_old_answer_takes_the_place_of_a_slow_one(void **state)
{
    expect_page(&page, "/user 0 " LASTING "; /other 0 2", NULL, GOOD);
    expect_page(&page, "/user 700 3; /other 0 2", NULL, GOOD);
    expect("Server-Timing", flow.answer.server_timing,
           "user;dur=200.0;desc=\"stale\", again;dur=0.0;desc=\"stale\", other;dur=0.0");
    pass(1000);
    expect_page(&page, "/other 0 2", NULL, "{\"user\":3,\"again\":3,\"other\":2}");
}

/* The first part ends the page, while the answer is given to both. */
static void a_page_ends_while_its_parts_get_an_answer(void **state)
{
    expect_page(&twin_page, "/user 10 1", "1000 ask /user; 1010 end /user; 1010 done", NULL);
    expect_page(&twin_page, "", "1010 done", NULL);
    assert_int_equal(flow.answer.status, 502);
}

static void what_the_service_forbids_is_not_stored(void **state)
{
    for (int i = 0; i < 3; i++)
        expect_page(&list_page, "/a 1 cc:no-store 1; /b 1 cc:private 2", NULL,
                    "{\"list\":[1,2,1]}");
    assert_int_equal(flow.asked, 6);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_worker, end_worker)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hit_needs_no_call),
        TEST(an_owner_who_is_a_hit_is_known_at_once),
        TEST(a_list_asks_for_what_is_missing),
        TEST(a_late_call_completes_the_next_page),
        TEST(a_page_may_join_a_late_call),
        TEST(only_so_many_calls_are_late),
        TEST(a_call_ends_with_a_page_that_fails_or_leaves),
        TEST(an_old_answer_is_used_and_refreshed_once),
        TEST(a_refresh_may_fail),
        TEST(an_old_answer_takes_the_place_of_a_failure),
        TEST(an_old_answer_takes_the_place_of_a_slow_one),
        TEST(a_page_ends_while_its_parts_get_an_answer),
        TEST(what_the_service_forbids_is_not_stored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
