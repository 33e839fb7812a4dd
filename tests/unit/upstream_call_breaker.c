/* Tests of calls with a circuit breaker: what a call's end says to it, and what becomes of calls
 * that it refuses. The service is a real socket. */
#include "tests/unit/upstream_stage.h"

#define STAGE_MISSING "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
#define STAGE_NOT_MADE "HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n"
#define STAGE_LONG "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nbegin"

static struct upstream *upstream;
static struct breaker *breaker;

static int begin(void **state)
{
    stage_begin(state);
    upstream = *state;
    stage.settings.breaker = (struct service_breaker){
        .error_percent = 50, .volume = 2, .reset_ms = 2500, .window_ms = 10000};
    stage.settings.min_wait_ms = 30;
    breaker = upstream->services[0].breaker = breaker_hold(stage.registry, TEXT("users"));
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        stage_state(upstream, i)->ejected_until_ns = i == 0 ? 0 : INT64_MAX;
    return 0;
}

static void expect(unsigned calls, unsigned failures)
{
    struct breaker_report report = breaker_read(breaker, &stage.settings.breaker, clock_now_ns());

    assert_int_equal(report.calls, calls);
    assert_int_equal(report.failures, failures);
}

/* Starts a call and waits until the service has the request. */
static void call_service(struct stage_call *call)
{
    unsigned before = stage.services[0].requests;

    stage_call(call, upstream);
    while (stage.services[0].requests == before)
        stage_step();
}

static void test_what_is_a_failure(void **state)
{
    static const struct {
        const char *answer;
        bool is_failure;
    } cases[] = {
        {STAGE_OK, false},       {STAGE_BUSY, true},      {STAGE_MISSING, false},
        {STAGE_NOT_MADE, false}, {"what?\r\n\r\n", true},
    };
    unsigned failures = 0;

    stage.settings.breaker.volume = 1000;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        stage.services[0].answer = cases[i].answer;
        stage_ask(upstream);
        failures += cases[i].is_failure;
        expect(i + 1, failures);
    }
}

static void test_a_refused_call_makes_no_attempt(void **state)
{
    struct stage_call call;

    stage.services[0].answer = STAGE_BUSY;
    stage_ask(upstream);
    stage_ask(upstream);
    stage.report_count = 0;
    stage_call(&call, upstream);
    stage_play(&call);
    assert_string_equal(call.seen, ", breaker_open");
    assert_int_equal(call.call.retry_after_s, 3);
    assert_null(call.call.endpoint.at);
    assert_int_equal(stage.report_count, 0);
    assert_int_equal(stage.services[0].requests, 2);
    expect(3, 2);
}

static void test_a_health_check_passes_an_open_breaker(void **state)
{
    struct stage_call call;
    struct call_ask ask;

    stage.services[0].answer = STAGE_BUSY;
    stage_ask(upstream);
    stage_ask(upstream);
    stage_call(&call, upstream);
    stage_play(&call);
    ask = call.ask;
    ask.only = upstream->services[0].set.rows[0];
    call = (struct stage_call){.ask = ask};
    call_start(&call.call, upstream, &call.ask, &stage_sink, &call);
    stage_play(&call);
    assert_string_equal(call.seen, "503 busy, none");
    expect(3, 2);
}

static void test_a_call_that_nobody_needs_leaves_the_count(void **state)
{
    struct stage_call call;

    stage.services[0].answer = NULL;
    call_service(&call);
    expect(1, 0);
    stage_wait(40);
    call_cancel(&call.call, CALL_NOT_NEEDED);
    expect(0, 0);
}

static void test_a_call_whose_time_is_over_is_a_failure_after_a_while(void **state)
{
    struct stage_call call;

    stage.services[0].answer = NULL;
    call_service(&call);
    call_cancel(&call.call, CALL_TIME_OVER);
    expect(0, 0);
    call_service(&call);
    stage_wait(30);
    call_cancel(&call.call, CALL_TIME_OVER);
    expect(1, 1);
}

static void test_the_head_of_a_streamed_answer_decides(void **state)
{
    struct stage_call call;
    struct call_ask ask;

    stage.services[0].answer = NULL;
    call_service(&call);
    ask = call.ask;
    call_cancel(&call.call, CALL_NOT_NEEDED);
    stage.services[0].answer = STAGE_LONG;
    ask.idle_ms = 1000;
    call = (struct stage_call){.ask = ask};
    call_start(&call.call, upstream, &call.ask, &stage_sink, &call);
    while (call.seen[0] == '\0')
        stage_step();
    expect(1, 0);
    call_cancel(&call.call, CALL_NOT_NEEDED); /* it worked, so it stays in the count */
    expect(1, 0);
}

static void test_a_cancelled_trial_is_made_again(void **state)
{
    struct stage_call trial, other;

    stage.settings.breaker.reset_ms = 0;
    stage.services[0].answer = STAGE_BUSY;
    stage_ask(upstream);
    stage_ask(upstream);
    stage.services[0].answer = NULL;
    call_service(&trial);
    stage_call(&other, upstream);
    stage_play(&other);
    assert_string_equal(other.seen, ", breaker_open");
    assert_int_equal(other.call.retry_after_s, 1);
    call_cancel(&trial.call, CALL_NOT_NEEDED);
    stage.services[0].answer = STAGE_OK;
    assert_string_equal(stage_ask(upstream), "200 hi, none");
    assert_string_equal(stage_ask(upstream), "200 hi, none");
}

static void test_a_breaker_of_its_own(void **state)
{
    struct breaker *own = breaker_hold(stage.registry, TEXT("route /x to users"));
    struct stage_call call;
    struct call_ask ask;

    stage.services[0].answer = STAGE_BUSY;
    stage_call(&call, upstream);
    stage_play(&call);
    ask = call.ask;
    ask.breaker = own;
    for (int i = 0; i < 3; i++) {
        call = (struct stage_call){.ask = ask};
        call_start(&call.call, upstream, &call.ask, &stage_sink, &call);
        stage_play(&call);
    }
    assert_string_equal(call.seen, ", breaker_open");
    expect(1, 1);
    registry_release(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_a_failure, begin, stage_end),
        cmocka_unit_test_setup_teardown(test_a_refused_call_makes_no_attempt, begin, stage_end),
        cmocka_unit_test_setup_teardown(test_a_health_check_passes_an_open_breaker, begin,
                                        stage_end),
        cmocka_unit_test_setup_teardown(test_a_call_that_nobody_needs_leaves_the_count, begin,
                                        stage_end),
        cmocka_unit_test_setup_teardown(test_a_call_whose_time_is_over_is_a_failure_after_a_while,
                                        begin, stage_end),
        cmocka_unit_test_setup_teardown(test_the_head_of_a_streamed_answer_decides, begin,
                                        stage_end),
        cmocka_unit_test_setup_teardown(test_a_cancelled_trial_is_made_again, begin, stage_end),
        cmocka_unit_test_setup_teardown(test_a_breaker_of_its_own, begin, stage_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
