/* Tests of what attempts leave behind: every attempt makes one report and is counted once in its
 * endpoint's state. An endpoint that is ejected is not asked. */
#include "tests/unit/upstream_stage.h"

/* Endpoints that are ejected are not asked. */

static void test_an_ejected_endpoint_is_not_asked(void **state)
{
    struct upstream *upstream = *state;

    stage_state(upstream, 0)->ejected_until_ns = clock_now_ns() + 3600 * 1000 * CLOCK_MS;
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(stage_ask(upstream), "200 hi, none");
    assert_int_equal(stage.services[0].accepted, 0);
    assert_int_equal(stage.services[1].requests, 3);

    stage_state(upstream, 0)->ejected_until_ns = clock_now_ns(); /* its time is over */
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(stage_ask(upstream), "200 hi, none");
    assert_int_equal(stage.services[0].requests, 1);
}

/* What attempts leave behind. */

static void test_times_of_an_attempt(void **state)
{
    struct upstream *upstream = *state;
    int64_t before_ns = clock_now_ns();

    assert_string_equal(stage_ask(upstream), "200 hi, none");
    const struct call_report *report = &stage.reports[0];
    assert_int_equal(stage.report_count, 1);
    assert_ptr_equal(report->service, &stage_users);
    assert_false(report->is_reused || report->is_cancelled || report->is_clean);
    assert_true(before_ns <= report->started_ns && report->started_ns <= report->connected_ns);
    assert_true(report->connected_ns < report->first_byte_ns);
    assert_true(report->first_byte_ns <= report->ended_ns && report->ended_ns <= clock_now_ns());

    assert_string_equal(stage_ask(upstream), "200 hi, none"); /* the other one's turn */
    assert_string_equal(stage_ask(upstream), "200 hi, none");
    assert_true(stage.reports[2].is_reused);
    assert_true(stage.reports[2].connected_ns == stage.reports[2].started_ns);
    stage_expect_none_in_flight(upstream);
}

static void test_a_cancelled_attempt_says_nothing_of_its_endpoint(void **state)
{
    struct upstream *upstream = *state;
    struct stage_call call;

    stage.services[0].answer = NULL;
    stage_state(upstream, 0)->failures = 3;
    stage_call(&call, upstream);
    assert_int_equal(stage_state(upstream, 0)->in_flight, 1);
    while (stage.services[0].requests == 0)
        stage_step();
    assert_int_equal(stage_state(upstream, 0)->in_flight, 1);
    call_cancel(&call.call, CALL_NOT_NEEDED);
    call_cancel(&call.call, CALL_NOT_NEEDED);
    assert_string_equal(call.seen, "");
    assert_int_equal(stage.report_count, 1);
    assert_true(stage.reports[0].is_cancelled && stage.reports[0].is_clean);
    assert_int_equal(stage_state(upstream, 0)->failures, 3);
    stage_expect_none_in_flight(upstream);
}

static void test_a_timeout_is_a_failure(void **state)
{
    struct upstream *upstream = *state;

    stage.services[0].answer = NULL;
    stage.settings.first_byte_ms = 20;
    assert_string_equal(stage_ask(upstream), ", timeout");
    assert_int_equal(stage.report_count, 1);
    assert_int_equal(stage.reports[0].reason, REASON_TIMEOUT);
    assert_int_equal(stage_state(upstream, 0)->failures, 1);
    stage_expect_none_in_flight(upstream);
}

static void test_a_refused_connection_is_a_failure(void **state)
{
    struct upstream *upstream = *state;

    stage_close_listener(&stage.services[0]);
    assert_string_equal(stage_ask(upstream), "200 hi, none"); /* of the other endpoint */
    assert_int_equal(stage.reports[0].reason, REASON_CONNECT);
    assert_int_equal(stage.reports[0].connected_ns, 0);
    assert_int_equal(stage_state(upstream, 0)->failures, 1);
    stage_expect_none_in_flight(upstream);
}

/* Both attempts are reported, and the service is not to blame. */
static void test_a_stale_connection_is_repeated_once(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, 1);
    struct stage_call call;

    assert_string_equal(stage_ask(upstream), "200 hi, none");
    stage_call(&call, upstream);       /* on the idle connection, */
    stage_hang_up(&stage.services[0]); /* which the service closes just now */
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, none");
    assert_int_equal(call.call.retries, 1);
    assert_int_equal(stage.report_count, 3);
    assert_int_equal(stage.reports[1].reason, REASON_RESET);
    assert_true(stage.reports[1].is_reused && stage.reports[1].is_clean);
    assert_int_equal(stage.reports[2].number, 1);
    assert_false(stage.reports[2].is_reused);
    assert_int_equal(stage_state(upstream, 0)->failures, 0);
    stage_expect_none_in_flight(*state);
    upstream_free(upstream);
}

/* As another worker would do when the first attempt has ended. */
static void take_place(void *cookie, const struct call_report *report)
{
    bool *was_taken = cookie;

    if (report->number == 0)
        *was_taken = endpoint_state_begin_below(report->endpoint->state, 1);
}

static void test_a_repeated_attempt_keeps_its_place(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, 1);
    struct stage_call call;
    bool was_taken = false;

    assert_string_equal(stage_ask(upstream), "200 hi, none");
    upstream->observe = take_place;
    upstream->observe_cookie = &was_taken;
    stage_call(&call, upstream);
    stage_hang_up(&stage.services[0]);
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, none");
    assert_int_equal(call.call.retries, 1);
    assert_false(was_taken);
    stage_expect_none_in_flight(*state);
    upstream_free(upstream);
}

static void test_a_service_that_is_not_in_the_build(void **state)
{
    static const struct bff_service unknown = {.name = "unknown"};
    struct stage_call call = {.ask = {.service = &unknown, .method = TEXT("GET")}};

    call_start(&call.call, *state, &call.ask, &stage_sink, &call);
    stage_play(&call);
    assert_string_equal(call.seen, ", connect");
    assert_int_equal(stage.report_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_ejected_endpoint_is_not_asked),
        TEST(test_times_of_an_attempt),
        TEST(test_a_cancelled_attempt_says_nothing_of_its_endpoint),
        TEST(test_a_timeout_is_a_failure),
        TEST(test_a_refused_connection_is_a_failure),
        TEST(test_a_stale_connection_is_repeated_once),
        TEST(test_a_repeated_attempt_keeps_its_place),
        TEST(test_a_service_that_is_not_in_the_build),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
