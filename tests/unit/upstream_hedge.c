/*
 * A hedged call: a second endpoint is asked when the first one is slow, and the first acceptable
 * head wins. The other attempt is cancelled, which says nothing about its endpoint.
 */
#include "bff/upstream/latency.h"
#include "tests/unit/upstream_retrying.h"

static struct call_hedge_plan plan;
static struct text method;

/* Every call is hedged after 20 ms, and each may be. */
static int begin(void **state)
{
    retrying_begin(state);
    stage.settings.hedge_percent = 100;
    plan = (struct call_hedge_plan){.after_ms = 20};
    method = TEXT("GET");
    retrying_answer(NULL);
    return 0;
}

static void start(struct stage_call *call, struct upstream *upstream)
{
    *call = (struct stage_call){.ask = {
                                    .service = &stage_users,
                                    .method = method,
                                    .target = TEXT("/"),
                                    .may_repeat = true,
                                    .hedge = &plan,
                                }};
    call_start(&call->call, upstream, &call->ask, &stage_sink, call);
}

/* Both attempts are under way: the services that have them. */
struct pair {
    struct stage_service *first, *second;
};

static struct pair start_both(struct stage_call *call, struct upstream *upstream)
{
    struct pair pair = {0};

    start(call, upstream);
    pair.first = retrying_await();
    assert_false(call->call.is_hedged);
    while (retrying_requests() < 2)
        stage_step();
    assert_true(call->call.is_hedged);
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        if (stage.services[i].requests > 0 && &stage.services[i] != pair.first)
            pair.second = &stage.services[i];
    return pair;
}

static unsigned failures(struct upstream *upstream)
{
    unsigned count = 0;

    for (size_t i = 0; i < STAGE_SERVICES; i++)
        count += stage_state(upstream, i)->failures;
    return count;
}

static void expect_end(struct stage_call *call, struct upstream *upstream, const char *seen)
{
    stage_play(call);
    assert_string_equal(call->seen, seen);
    assert_int_equal(call->call.retries, 0);
    assert_null(call->call.second);
    stage_expect_none_in_flight(upstream);
}

/* Who wins. */

static void test_the_hedge_wins(void **state)
{
    struct stage_call call;
    struct pair pair = start_both(&call, *state);

    stage_say(pair.second, STAGE_OK);
    expect_end(&call, *state, "200 hi, none");
    assert_true(call.call.has_hedge_won);
    assert_int_equal(stage.report_count, 2);
    assert_true(stage.reports[0].is_cancelled && !stage.reports[0].is_hedge);
    assert_int_equal(stage.reports[0].reason, REASON_NONE);
    assert_true(stage.reports[1].is_hedge && !stage.reports[1].is_cancelled);
    assert_int_equal(stage.reports[1].number, 1);
    assert_true(text_is(call.call.endpoint, stage.reports[1].endpoint->at->authority));
    assert_int_equal(failures(*state), 0);
}

static void test_the_first_attempt_wins(void **state)
{
    struct stage_call call;
    struct pair pair = start_both(&call, *state);

    stage_say(pair.first, STAGE_OK);
    expect_end(&call, *state, "200 hi, none");
    assert_false(call.call.has_hedge_won);
    assert_true(stage.reports[0].is_cancelled && stage.reports[0].is_hedge);
    assert_true(text_is(call.call.endpoint, stage.reports[1].endpoint->at->authority));
    assert_int_equal(failures(*state), 0);
    stage_steps(3);
    assert_int_equal(pair.second->closed, 1);
}

/* The body of the winner may take long: it is not hedged any more. */
static void test_the_head_decides(void **state)
{
    struct stage_call call;
    struct pair pair = start_both(&call, *state);

    stage_say(pair.second, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nh");
    while (strcmp(call.seen, "200 h") != 0)
        stage_step();
    assert_int_equal(stage.report_count, 1);
    stage_steps(30);
    stage_say(pair.second, "i");
    expect_end(&call, *state, "200 hi, none");
    assert_int_equal(retrying_requests(), 2);
}

static void test_a_fast_answer_is_not_hedged(void **state)
{
    struct stage_call call;

    retrying_answer(STAGE_OK);
    start(&call, *state);
    expect_end(&call, *state, "200 hi, none");
    assert_false(call.call.is_hedged);
    assert_int_equal(stage.report_count, 1);
}

/* Failures. */

static void test_a_failure_leaves_the_other_attempt(void **state)
{
    static const char *const failures_[] = {STAGE_BUSY, NULL, "what?\r\n\r\n"};

    for (size_t i = 0; i < 6; i++) {
        struct stage_call call;
        for (size_t at = 0; at < STAGE_SERVICES; at++)
            stage.services[at].requests = 0;
        stage.report_count = 0;
        struct pair pair = start_both(&call, *state);
        struct stage_service *bad = i % 2 == 0 ? pair.first : pair.second;
        struct stage_service *good = i % 2 == 0 ? pair.second : pair.first;
        if (failures_[i / 2] != NULL)
            stage_say(bad, failures_[i / 2]);
        else
            stage_hang_up(bad);
        while (stage.report_count == 0)
            stage_step();
        assert_string_equal(call.seen, "");
        stage_say(good, STAGE_OK);
        expect_end(&call, *state, "200 hi, none");
        assert_int_equal(call.call.has_hedge_won, good == pair.second);
    }
}

/* The first attempt ends with a 503. Returns the service that has the second one. */
static struct stage_service *fail_first(struct stage_call *call, struct upstream *upstream)
{
    struct pair pair = start_both(call, upstream);

    stage_say(pair.first, STAGE_BUSY);
    while (stage.report_count == 0)
        stage_step();
    return pair.second;
}

static void test_both_fail(void **state)
{
    struct stage_call call;

    stage.settings.retry.reserve = 0;
    stage_hang_up(fail_first(&call, *state));
    expect_end(&call, *state, ", reset");
    assert_int_equal(failures(*state), 2);
}

static void test_the_last_answer_is_the_users(void **state)
{
    struct stage_call call;

    stage.settings.retry.reserve = 0;
    stage_say(fail_first(&call, *state), STAGE_BUSY);
    expect_end(&call, *state, "503 busy, none");
    assert_true(call.call.has_hedge_won);
}

/* A third endpoint is left: the last failure is retried there. */
static void test_both_fail_and_the_call_is_retried(void **state)
{
    struct stage_call call;
    struct stage_service *second = fail_first(&call, *state);

    retrying_answer(STAGE_OK);
    stage_say(second, STAGE_BUSY);
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, none");
    assert_int_equal(call.call.retries, 1);
    assert_false(call.call.has_hedge_won);
    assert_int_equal(stage.reports[2].number, 2);
    assert_false(stage.reports[2].is_hedge);
    stage_expect_none_in_flight(*state);
}

static void test_the_time_is_over_for_both(void **state)
{
    struct stage_call call;

    stage.settings.total_ms = 60;
    stage.settings.min_wait_ms = 50; /* the hedge has 40 ms, which is no failure */
    start(&call, *state);
    expect_end(&call, *state, ", timeout");
    assert_int_equal(stage.report_count, 2);
    assert_int_equal(stage.reports[0].reason, REASON_TIMEOUT);
    assert_true(stage.reports[1].is_cancelled && stage.reports[1].reason == REASON_NONE);
    assert_int_equal(failures(*state), 1);
}

/* The user. */

static void test_cancelled_while_both_are_under_way(void **state)
{
    struct stage_call call;

    start_both(&call, *state);
    call_cancel(&call.call, CALL_NOT_NEEDED);
    call_cancel(&call.call, CALL_NOT_NEEDED);
    assert_string_equal(call.seen, "");
    assert_int_equal(stage.report_count, 2);
    assert_int_equal(failures(*state), 0);
    assert_null(call.call.second);
    stage_expect_none_in_flight(*state);
}

static void test_paused_while_both_are_under_way(void **state)
{
    struct stage_call call;
    struct pair pair = start_both(&call, *state);

    call_pause(&call.call);
    stage_say(pair.second, STAGE_OK);
    stage_steps(30);
    assert_string_equal(call.seen, "");
    call_resume(&call.call);
    expect_end(&call, *state, "200 hi, none");
}

static void test_paused_after_the_hedge_has_won(void **state)
{
    struct stage_call call;
    struct pair pair = start_both(&call, *state);

    stage_say(pair.second, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
    while (strcmp(call.seen, "200 ") != 0)
        stage_step();
    call_pause(&call.call);
    stage_say(pair.second, "hi");
    stage_steps(10);
    assert_string_equal(call.seen, "200 ");
    call_resume(&call.call);
    expect_end(&call, *state, "200 hi, none");
}

/* When there is no hedge. */

static void test_what_is_not_hedged(void **state)
{
    static const struct {
        const char *why;
        struct text method;
        unsigned percent, min_time_ms;
        bool is_alone, is_hedged;
    } cases[] = {
        {"no budget", {"GET", 3}, 0, 0, false, false},
        {"a method that is not retried", {"PUT", 3}, 100, 0, false, false},
        {"a method that is retried", {"HEAD", 4}, 100, 0, false, true},
        {"no other endpoint", {"GET", 3}, 100, 0, true, false},
        {"too little time", {"GET", 3}, 100, 1990, false, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct stage_call call;
        stage.settings.hedge_percent = cases[i].percent;
        stage.settings.min_time_ms = cases[i].min_time_ms;
        for (size_t at = 1; at < STAGE_SERVICES; at++)
            stage_state(*state, at)->ejected_until_ns = cases[i].is_alone ? INT64_MAX : 0;
        method = cases[i].method;
        start(&call, *state);
        stage_wait(30);
        if (call.call.is_hedged != cases[i].is_hedged)
            fail_msg("%s", cases[i].why);
        call_cancel(&call.call, CALL_NOT_NEEDED);
    }
}

/* There is room for new connections afterwards. */
static void forget_connections(struct stage_service *service)
{
    stage_hang_up(service);
    service->accepted = 0;
}

static void test_the_budget_is_a_part_of_the_calls(void **state)
{
    unsigned hedged = 0;

    stage.settings.hedge_percent = 20;
    plan.after_ms = 2;
    for (size_t i = 0; i < 20; i++) {
        struct stage_call call;
        start(&call, *state);
        stage_steps(8);
        hedged += call.call.is_hedged;
        call_cancel(&call.call, CALL_NOT_NEEDED);
        for (size_t at = 0; at < STAGE_SERVICES; at++)
            forget_connections(&stage.services[at]);
    }
    assert_int_equal(hedged, 4);
}

/* What is learned. */

static void test_the_learned_time(void **state)
{
    struct latency *learned = latency_hold(stage.registry, TEXT("users /"));
    struct stage_call call;

    plan = (struct call_hedge_plan){.learned = learned};
    retrying_answer(STAGE_OK);
    for (size_t i = 0; i < LATENCY_SAMPLES_MIN; i++) {
        assert_int_equal(latency_p95_ns(learned), 0);
        start(&call, *state);
        expect_end(&call, *state, "200 hi, none");
    }
    int64_t p95_ns = latency_p95_ns(learned);
    assert_true(p95_ns >= CLOCK_MS && p95_ns < 1000 * CLOCK_MS);
    retrying_answer(NULL);
    start(&call, *state);
    while (!call.call.is_hedged)
        stage_step();
    assert_true(clock_now_ns() - call.call.began_ns >= p95_ns);
    call_cancel(&call.call, CALL_NOT_NEEDED);
    registry_release(learned);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_hedge_wins),
        TEST(test_the_first_attempt_wins),
        TEST(test_the_head_decides),
        TEST(test_a_fast_answer_is_not_hedged),
        TEST(test_a_failure_leaves_the_other_attempt),
        TEST(test_both_fail),
        TEST(test_the_last_answer_is_the_users),
        TEST(test_both_fail_and_the_call_is_retried),
        TEST(test_the_time_is_over_for_both),
        TEST(test_cancelled_while_both_are_under_way),
        TEST(test_paused_while_both_are_under_way),
        TEST(test_paused_after_the_hedge_has_won),
        TEST(test_what_is_not_hedged),
        TEST(test_the_budget_is_a_part_of_the_calls),
        TEST(test_the_learned_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
