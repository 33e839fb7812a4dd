/* Tests of a call that must wait for a slot or for time: how it goes, how its waiting ends, and
 * what the breaker counts. */
#include "tests/unit/upstream_stage.h"

/* An upstream whose service has one endpoint and takes one call at a time. */
static struct upstream *limited(struct service_settings *settings, struct service_bulkhead bulkhead)
{
    struct upstream *upstream = stage_upstream(settings, 1);

    upstream_free(upstream);
    settings->bulkhead = bulkhead;
    settings->breaker = (struct service_breaker){
        .error_percent = 50, .volume = 5, .reset_ms = 1000, .window_ms = 1000};
    upstream = upstream_new(stage.endpoints, settings, 1);
    upstream->observe = stage_observe;
    return upstream;
}

static const struct service_bulkhead one = {.max_in_flight = 1, .queue = 2, .wait_ms = 1000};

static struct bulkhead_report counts(const struct upstream *upstream)
{
    return bulkhead_read(upstream->services[0].queue.shared);
}

static unsigned counted(const struct upstream *upstream)
{
    const struct upstream_service *service = &upstream->services[0];

    return breaker_read(service->breaker, &service->settings->breaker, clock_now_ns()).calls;
}

static void end(struct upstream *upstream, void **state)
{
    assert_int_equal(counts(upstream).in_flight + counts(upstream).waiting, 0);
    upstream_free(upstream);
    upstream_free(*state);
    stage_end_all();
}

static void test_calls_go_one_after_the_other(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = limited(&settings, one);
    struct stage_call calls[4];

    for (size_t i = 0; i < 4; i++)
        stage_call(&calls[i], upstream);
    assert_int_equal(counts(upstream).waiting, 2);
    stage_play(&calls[3]);
    assert_string_equal(calls[3].seen, ", limited");
    assert_int_equal(calls[3].call.retry_after_s, 1);
    assert_null(calls[3].call.endpoint.at);
    for (size_t i = 0; i < 3; i++) {
        stage_play(&calls[i]);
        assert_string_equal(calls[i].seen, "200 hi, none");
    }
    assert_int_equal(stage.services[0].accepted, 1); /* never two at a time */
    assert_int_equal(counted(upstream), 3);
    end(upstream, state);
}

static void test_waiting_ends(void **state)
{
    struct service_settings settings;
    struct upstream *upstream =
        limited(&settings, (struct service_bulkhead){.max_in_flight = 1, .queue = 2, .wait_ms = 5});
    struct stage_call first, second, third;

    stage.services[0].answer = NULL;
    stage_call(&first, upstream);
    stage_call(&second, upstream);
    stage_call(&third, upstream);
    call_cancel(&third.call, CALL_TIME_OVER);
    stage_play(&second);
    assert_string_equal(second.seen, ", limited");
    assert_string_equal(third.seen, "");
    assert_int_equal(stage.report_count, 0);
    assert_int_equal(counts(upstream).waiting, 0);
    assert_int_equal(counted(upstream), 1); /* of the three, only the first one was made */
    call_cancel(&first.call, CALL_NOT_NEEDED);
    end(upstream, state);
}

static void test_total_goes_on_while_a_call_waits(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = limited(&settings, one);
    struct stage_call first, second;

    stage.services[0].answer = NULL;
    stage_call(&first, upstream);
    settings.total_ms = 5;
    stage_call(&second, upstream);
    stage_play(&second);
    assert_string_equal(second.seen, ", timeout");
    call_cancel(&first.call, CALL_NOT_NEEDED);
    end(upstream, state);
}

/* A call that gets its slot when it has too little time is not sent. */
static void test_time_is_looked_at_again_after_the_waiting(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = limited(&settings, one);
    struct stage_call first, second;

    stage_call(&first, upstream);
    settings.min_time_ms = settings.total_ms;
    stage_call(&second, upstream);
    stage_play(&first);
    stage_play(&second);
    assert_string_equal(second.seen, ", timeout");
    assert_int_equal(stage.services[0].requests, 1);
    end(upstream, state);
}

/* The limits of an attempt do not wait for the time in which the call could have waited. The
 * connection is the one of the first call, so no other event wakes the second one. */
static void test_the_first_byte_is_limited_after_the_waiting(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = limited(&settings, one);
    struct stage_call first, second;
    int64_t began_ns;

    settings.first_byte_ms = 20;
    stage_call(&first, upstream);
    stage_call(&second, upstream);
    stage_play(&first);
    stage.services[0].answer = NULL;
    began_ns = clock_now_ns();
    stage_play(&second);
    assert_string_equal(second.seen, ", timeout");
    assert_int_equal(stage.services[0].accepted, 1);
    assert_true(clock_now_ns() - began_ns < one.wait_ms / 2 * CLOCK_MS);
    end(upstream, state);
}

/* An open breaker refuses a call at once, instead of letting it wait. */
static void test_no_call_waits_while_the_breaker_is_open(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = limited(&settings, one);
    struct stage_call held, refused;

    stage.services[0].answer = STAGE_BUSY;
    for (size_t i = 0; i < 4; i++)
        stage_ask(upstream);
    stage.services[0].answer = NULL;
    stage_call(&held, upstream); /* began while the breaker was closed */
    while (stage.services[0].requests < 5)
        stage_step();
    struct upstream_service *service = &upstream->services[0];
    int64_t now_ns = clock_now_ns();
    enum breaker_pass pass = breaker_ask(service->breaker, &settings.breaker, now_ns);
    breaker_tell(service->breaker, &settings.breaker, pass, BREAKER_FAILED, now_ns, now_ns);
    stage_call(&refused, upstream);
    assert_int_equal(counts(upstream).waiting, 0);
    stage_play(&refused);
    assert_string_equal(refused.seen, ", breaker_open");
    call_cancel(&held.call, CALL_NOT_NEEDED);
    end(upstream, state);
}

/* Time. */

static void test_less_than_min_time_is_a_timeout(void **state)
{
    struct upstream *upstream = *state;
    struct stage_call call = {0};

    stage.settings.min_time_ms = stage.settings.total_ms + 1;
    assert_string_equal(stage_ask(upstream), ", timeout");
    stage.settings.min_time_ms = 50;
    call.ask = (struct call_ask){.service = &stage_users,
                                 .method = TEXT("GET"),
                                 .target = TEXT("/"),
                                 .headers = TEXT(""),
                                 .until_ns = clock_now_ns() + 49 * CLOCK_MS};
    call_start(&call.call, upstream, &call.ask, &stage_sink, &call);
    stage_play(&call);
    assert_string_equal(call.seen, ", timeout");
    assert_int_equal(stage.report_count, 0);
    assert_int_equal(stage.services[0].accepted + stage.services[1].accepted, 0);
    upstream_free(upstream);
    stage_end_all();
}

/* Nothing was sent to the endpoint that refused, but there is no time for the other one. */
static void test_less_than_min_time_is_too_little_for_a_retry(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, STAGE_SERVICES);

    for (size_t i = 0; i < STAGE_SERVICES; i++)
        stage_close_listener(&stage.services[i]);
    settings.min_time_ms = settings.total_ms; /* it has so much when it begins */
    assert_string_equal(stage_ask(upstream), ", connect");
    assert_int_equal(stage.report_count, 1);
    upstream_free(upstream);
    upstream_free(*state);
    stage_end_all();
}

#define TEST(name) cmocka_unit_test_setup(name, stage_begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_calls_go_one_after_the_other),
        TEST(test_waiting_ends),
        TEST(test_total_goes_on_while_a_call_waits),
        TEST(test_the_first_byte_is_limited_after_the_waiting),
        TEST(test_time_is_looked_at_again_after_the_waiting),
        TEST(test_no_call_waits_while_the_breaker_is_open),
        TEST(test_less_than_min_time_is_a_timeout),
        TEST(test_less_than_min_time_is_too_little_for_a_retry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
