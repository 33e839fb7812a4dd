/* Tests of the trial of an endpoint whose ejection is over: whatever becomes of the attempt that
 * has claimed it, the trial ends or is due again. */
#include "tests/unit/upstream_stage.h"

/* Makes the only endpoint of ${upstream} one whose trial is due. */
static struct endpoint_state *due(struct upstream *upstream)
{
    struct endpoint_state *state = stage_state(upstream, 0);

    endpoint_state_eject(state, &(struct endpoint_ejection){.reason = REASON_STATUS,
                                                            .status = 500,
                                                            .ejections = 1,
                                                            .until_ns = clock_now_ns()});
    return state;
}

static void expect_return(struct upstream *upstream, const struct endpoint_state *state)
{
    stage.services[0].answer = STAGE_OK;
    assert_string_equal(stage_ask(upstream), "200 hi, none");
    assert_int_equal(state->trial, ENDPOINT_NO_TRIAL);
    assert_int_not_equal(state->returned_ns, 0);
    assert_int_equal(state->in_flight, 0);
}

static void test_it_succeeds(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, 1);

    expect_return(upstream, due(upstream));
    upstream_free(upstream);
}

static void test_a_cancelled_one_is_due_again(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, 1);
    struct endpoint_state *endpoint = due(upstream);
    struct stage_call call;

    stage.services[0].answer = NULL;
    for (unsigned steps = 0; steps < 10; steps += 5) { /* while it connects, and while it waits */
        stage_call(&call, upstream);
        assert_int_equal(endpoint->trial, ENDPOINT_TRIAL_UNDER_WAY);
        stage_steps(steps);
        assert_int_equal(endpoint->trial, ENDPOINT_TRIAL_UNDER_WAY);
        call_cancel(&call.call, CALL_NOT_NEEDED);
        assert_int_equal(endpoint->trial, ENDPOINT_TRIAL_DUE);
    }
    expect_return(upstream, endpoint);
    upstream_free(upstream);
}

/* The service closes an idle connection just as the trial uses it. That says nothing. */
static void test_a_stale_connection_decides_nothing(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, 1);
    struct stage_call call;

    assert_string_equal(stage_ask(upstream), "200 hi, none");
    struct endpoint_state *endpoint = due(upstream);
    stage_call(&call, upstream);
    stage_hang_up(&stage.services[0]);
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, none");
    assert_int_equal(call.call.retries, 1);
    assert_int_equal(endpoint->trial, ENDPOINT_TRIAL_DUE);
    expect_return(upstream, endpoint);
    upstream_free(upstream);
}

static void test_the_head_of_a_stream_decides(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, 1);
    struct endpoint_state *endpoint = due(upstream);
    struct stage_call call = {
        .ask = {
            .service = &stage_users, .method = TEXT("GET"), .target = TEXT("/"), .idle_ms = 2000}};

    stage.services[0].answer = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nh";
    call_start(&call.call, upstream, &call.ask, &stage_sink, &call);
    while (strcmp(call.seen, "200 h") != 0)
        stage_step();
    assert_int_equal(endpoint->trial, ENDPOINT_NO_TRIAL);
    stage_hang_up(&stage.services[0]); /* a failure, but not of the trial */
    stage_play(&call);
    assert_string_equal(call.seen, "200 h, reset");
    assert_int_equal(endpoint->trial, ENDPOINT_NO_TRIAL);
    assert_int_equal(endpoint->failures, 1);
    upstream_free(upstream);
}

/* With two endpoints, the trial's failure ejects the endpoint again. */
static void test_it_fails(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, 2);
    settings.ejection = (struct service_ejection){
        .failures = 5, .time_ms = 30000, .max_time_ms = 90000, .max_percent = 50};
    struct endpoint_state *endpoint = due(upstream);

    stage.services[0].answer = STAGE_BUSY;
    stage_ask(upstream);
    stage_ask(upstream); /* one of the two was at this endpoint */
    assert_int_equal(stage.services[0].requests, 1);
    assert_int_equal(endpoint->ejections, 2);
    assert_int_equal(endpoint->status, 503);
    assert_true(endpoint_state_is_ejected(endpoint, clock_now_ns() + 59000 * CLOCK_MS));
    assert_false(endpoint_state_is_ejected(endpoint, clock_now_ns() + 60000 * CLOCK_MS));
    upstream_free(upstream);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_succeeds),
        TEST(test_a_cancelled_one_is_due_again),
        TEST(test_a_stale_connection_decides_nothing),
        TEST(test_the_head_of_a_stream_decides),
        TEST(test_it_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
