/*
 * Retries at another endpoint: after which ends of an attempt, for which requests, and how many.
 * The user sees one answer: that of the last attempt.
 */
#include "tests/unit/upstream_retrying.h"

/* Which answers are refused. */

static void test_the_status_decides(void **state)
{
    static const struct {
        const char *why, *answer, *seen;
        unsigned attempts;
    } cases[] = {
        {"500", "HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n", "200 hi, none", 2},
        {"502", "HTTP/1.1 502 x\r\ncontent-length: 0\r\n\r\n", "200 hi, none", 2},
        {"503", STAGE_BUSY, "200 hi, none", 2},
        {"504 without an end", "HTTP/1.1 504 x\r\n\r\n", "200 hi, none", 2},
        {"501 is an answer", "HTTP/1.1 501 x\r\ncontent-length: 0\r\n\r\n", "501 , none", 1},
        {"505 is an answer", "HTTP/1.1 505 x\r\ncontent-length: 0\r\n\r\n", "505 , none", 1},
        {"404 is an answer", "HTTP/1.1 404 x\r\ncontent-length: 0\r\n\r\n", "404 , none", 1},
        {"bad HTTP is not retried", "what?\r\n\r\n", ", bad_http", 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        stage.report_count = 0;
        retrying_answer(STAGE_OK);
        for (size_t at = 1; at < STAGE_SERVICES; at++) /* the first one is asked first */
            stage_state(*state, at)->ejected_until_ns = INT64_MAX;
        stage.services[0].answer = cases[i].answer;
        struct stage_call call;
        stage_call(&call, *state);
        for (size_t at = 1; at < STAGE_SERVICES; at++)
            stage_state(*state, at)->ejected_until_ns = 0;
        stage_play(&call);
        if (strcmp(call.seen, cases[i].seen) != 0 || stage.report_count != cases[i].attempts)
            fail_msg("%s: %s after %u attempts", cases[i].why, call.seen, stage.report_count);
        assert_int_equal(call.call.retries, cases[i].attempts - 1);
        assert_int_equal(stage.reports[stage.report_count - 1].number, call.call.retries);
        stage_expect_none_in_flight(*state);
    }
}

static void test_the_user_gets_the_last_answer_whatever_it_is(void **state)
{
    retrying_answer(STAGE_BUSY);
    assert_string_equal(stage_ask(*state), "503 busy, none");
    assert_int_equal(stage.report_count, STAGE_SERVICES); /* each one was asked once */
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        assert_int_equal(stage.services[i].requests, 1);
    stage_expect_none_in_flight(*state);
}

static void test_no_other_endpoint_means_no_retry(void **state)
{
    retrying_answer(STAGE_BUSY);
    for (size_t i = 1; i < STAGE_SERVICES; i++)
        stage_state(*state, i)->ejected_until_ns = INT64_MAX;
    assert_string_equal(stage_ask(*state), "503 busy, none");
    assert_int_equal(stage.report_count, 1);
}

static void test_a_service_with_one_endpoint_is_not_counted(void **state)
{
    struct service_settings settings;
    struct upstream *upstream = stage_upstream(&settings, 1);

    settings.retry = stage.settings.retry;
    retrying_answer(STAGE_BUSY);
    assert_string_equal(stage_ask(upstream), "503 busy, none");
    assert_int_equal(
        rolling_sum(&upstream->services[0].state->retries, SERVICE_STATE_BUCKET_NS, clock_now_ns())
            .first,
        0);
    upstream_free(upstream);
}

/* Which requests. */

static void test_only_requests_that_may_be_repeated(void **state)
{
    static char large[CALL_TRY_UPLOAD_BYTES + 1];
    static struct text put[] = {{"PUT", 3}, {0}};
    const struct {
        const char *why;
        struct call_ask ask;
        unsigned attempts;
    } cases[] = {
        {"POST", {.method = TEXT("POST"), .may_repeat = true}, 1},
        {"GET, which the service does not list", {.method = TEXT("GET"), .may_repeat = true}, 1},
        {"PUT", {.method = TEXT("PUT"), .body = TEXT("x")}, STAGE_SERVICES},
        {"a large body", {.method = TEXT("PUT"), .body = {large, sizeof(large)}}, 1},
        {"a body that is gone", {.method = TEXT("PUT"), .is_body_gone = true}, 1},
        {"an upgrade", {.method = TEXT("PUT"), .wants_upgrade = true}, 1},
    };
    struct upstream *upstream = *state;

    stage.settings.retry.methods = put;
    retrying_answer(STAGE_BUSY);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct stage_call call = {.ask = cases[i].ask};
        stage.report_count = 0;
        call.ask.service = &stage_users;
        call.ask.target = TEXT("/");
        call_start(&call.call, upstream, &call.ask, &stage_sink, &call);
        stage_play(&call);
        if (stage.report_count != cases[i].attempts)
            fail_msg("%s: %u attempts, %s", cases[i].why, stage.report_count, call.seen);
    }
}

/* Lost attempts. */

static void test_a_reset_before_the_first_byte(void **state)
{
    struct stage_call call;

    retrying_answer(NULL);
    stage_call(&call, *state);
    struct stage_service *asked = retrying_await();
    retrying_answer(STAGE_OK);
    stage_hang_up(asked);
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, none");
    assert_int_equal(stage.report_count, 2);
    assert_int_equal(stage.reports[0].reason, REASON_RESET);
    assert_int_equal(stage_state(*state, (size_t)(asked - stage.services))->failures, 1);
}

static void test_a_reset_within_the_answer_is_the_end(void **state)
{
    struct stage_call call;

    retrying_answer("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi");
    stage_call(&call, *state);
    struct stage_service *asked = retrying_await();
    while (strcmp(call.seen, "200 hi") != 0)
        stage_step();
    stage_hang_up(asked);
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, reset");
    assert_int_equal(stage.report_count, 1);
}

/* The service has a second for the first byte, and a try has 20 ms. */
static void test_the_time_of_a_try(void **state)
{
    struct stage_call call;

    stage.settings.retry.try_ms = 20;
    retrying_answer(NULL);
    stage_call(&call, *state);
    struct stage_service *asked = retrying_await();
    retrying_answer(STAGE_OK);
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, none");
    assert_int_equal(stage.report_count, 2);
    assert_int_equal(stage.reports[0].reason, REASON_TIMEOUT);
    assert_false(stage.reports[0].is_cancelled);
    assert_true(stage.reports[0].ended_ns - stage.reports[0].started_ns >= 20 * CLOCK_MS);
    assert_int_equal(stage_state(*state, (size_t)(asked - stage.services))->failures, 1);
    stage_expect_none_in_flight(*state);
}

static void test_a_try_without_another_one_goes_on(void **state)
{
    static const struct {
        const char *why;
        bool has_other;
        unsigned reserve;
    } cases[] = {{"no budget", true, 0}, {"no other endpoint", false, 10}};

    stage.settings.retry.try_ms = 10;
    stage.settings.first_byte_ms = 40;
    retrying_answer(NULL);
    for (size_t i = 0; i < 2; i++) {
        stage.report_count = 0;
        stage.settings.retry.reserve = cases[i].reserve;
        for (size_t at = 1; at < STAGE_SERVICES; at++)
            stage_state(*state, at)->ejected_until_ns = cases[i].has_other ? 0 : INT64_MAX;
        assert_string_equal(stage_ask(*state), ", timeout");
        assert_int_equal(stage.report_count, 1);
        assert_true(stage.reports[0].ended_ns - stage.reports[0].started_ns >= 40 * CLOCK_MS);
    }
}

static void test_the_first_byte_ends_the_time_of_a_try(void **state)
{
    struct stage_call call;

    stage.settings.retry.try_ms = 20;
    retrying_answer("HTTP/1.1 200 OK\r\n");
    stage_call(&call, *state);
    struct stage_service *asked = retrying_await();
    stage_wait(40);
    stage_say(asked, "content-length: 2\r\n\r\nhi");
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, none");
    assert_int_equal(stage.report_count, 1);
}

static void test_no_retry_when_the_time_is_short(void **state)
{
    stage.settings.retry.try_ms = 0;
    stage.settings.total_ms = 200;
    stage.settings.min_time_ms = 190;
    stage.settings.first_byte_ms = 30;
    retrying_answer(NULL);
    assert_string_equal(stage_ask(*state), ", timeout");
    assert_int_equal(stage.report_count, 1);
}

static void test_a_first_byte_that_never_comes(void **state)
{
    stage.settings.first_byte_ms = 20;
    retrying_answer(NULL);
    assert_string_equal(stage_ask(*state), ", timeout");
    assert_int_equal(stage.report_count, STAGE_SERVICES);
}

/* The budget. */

static void test_the_reserve(void **state)
{
    retrying_answer(STAGE_BUSY);
    stage.settings.retry.budget_percent = 0;
    stage.settings.retry.reserve = 3;
    for (size_t i = 0; i < 10; i++)
        assert_string_equal(stage_ask(*state), "503 busy, none");
    assert_int_equal(retrying_requests(), 10 + 3);
}

static void test_a_part_of_the_first_attempts(void **state)
{
    retrying_answer(STAGE_BUSY);
    stage.settings.retry.reserve = 0;
    for (size_t i = 0; i < 20; i++)
        assert_string_equal(stage_ask(*state), "503 busy, none");
    assert_int_equal(retrying_requests(), 20 + 4);
}

static void test_a_connection_that_fails_costs_no_budget(void **state)
{
    stage.settings.retry.budget_percent = stage.settings.retry.reserve = 0;
    for (size_t i = 1; i < STAGE_SERVICES; i++)
        stage_close_listener(&stage.services[i]);
    for (size_t i = 0; i < 20; i++)
        assert_string_equal(stage_ask(*state), "200 hi, none");
    assert_int_equal(retrying_requests(), 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, retrying_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_status_decides),
        TEST(test_the_user_gets_the_last_answer_whatever_it_is),
        TEST(test_no_other_endpoint_means_no_retry),
        TEST(test_a_service_with_one_endpoint_is_not_counted),
        TEST(test_only_requests_that_may_be_repeated),
        TEST(test_a_reset_before_the_first_byte),
        TEST(test_a_reset_within_the_answer_is_the_end),
        TEST(test_the_time_of_a_try),
        TEST(test_a_try_without_another_one_goes_on),
        TEST(test_the_first_byte_ends_the_time_of_a_try),
        TEST(test_no_retry_when_the_time_is_short),
        TEST(test_a_first_byte_that_never_comes),
        TEST(test_the_reserve),
        TEST(test_a_part_of_the_first_attempts),
        TEST(test_a_connection_that_fails_costs_no_budget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
