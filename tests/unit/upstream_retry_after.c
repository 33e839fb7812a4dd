/* Retry-After: what the field says, and how a retry waits as the service asks. */
#include <time.h>

#include "bff/upstream/call_retry_after.h"
#include "tests/unit/upstream_retrying.h"

#define BUSY(field) "HTTP/1.1 503 Busy\r\n" field "content-length: 4\r\n\r\nbusy"

/* The field. */

static int64_t seconds_of(const char *value)
{
    struct exchange_field fields[] = {{{"server", 6}, {"x", 1}}, {{"Retry-After", 11}, {0}}};
    struct exchange_head head = {.fields = fields, .field_count = 2};

    fields[1].value = text_of(value);
    return call_retry_after_ns(&head) / (1000 * CLOCK_MS);
}

static void test_seconds(void **state)
{
    static const struct {
        const char *value;
        int64_t seconds;
    } cases[] = {
        {"0", 0},
        {"1", 1},
        {"120", 120},
        {"86400", 86400},
        {"86401", 86400},
        {"99999999999999999999", 86400},
        {"", 0},
        {"-1", 0},
        {"soon", 0},
        {"Fri, 01 Jan 2021 00:00:00 GMT", 0},
        {"Fri, 01 Jan 2999 00:00:00 GMT", 86400},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (seconds_of(cases[i].value) != cases[i].seconds)
            fail_msg("%s: %lld s", cases[i].value, (long long)seconds_of(cases[i].value));
}

static void test_dates(void **state)
{
    static const char *const formats[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                          "%a %b %e %H:%M:%S %Y"};

    for (size_t i = 0; i < 3; i++) {
        time_t at = (time_t)(clock_wall_ms() / 1000) + 100;
        char date[64];
        struct tm tm;
        must(strftime(date, sizeof(date), formats[i], gmtime_r(&at, &tm)) > 0);
        if (seconds_of(date) < 95 || seconds_of(date) > 100)
            fail_msg("%s: %lld s", date, (long long)seconds_of(date));
    }
}

static void test_no_field(void **state)
{
    struct exchange_head head = {0};

    assert_int_equal(call_retry_after_ns(&head), 0);
}

/* The wait. */

static void test_a_retry_waits_as_the_service_asks(void **state)
{
    struct stage_call call;
    int64_t began_ns = clock_now_ns();

    retrying_answer(BUSY("retry-after: 1\r\n"));
    stage_call(&call, *state);
    retrying_await();
    retrying_answer(STAGE_OK);
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, none");
    assert_true(clock_now_ns() - began_ns >= 1000 * CLOCK_MS);
    assert_int_equal(stage.report_count, 2);
}

static void test_a_wait_that_is_too_long(void **state)
{
    static const struct {
        const char *why, *answer;
        int64_t until_ms;
    } cases[] = {
        {"for the call", BUSY("retry-after: 2\r\n"), 0},
        {"for its user", BUSY("retry-after: 1\r\n"), 900},
        {"by far", BUSY("retry-after: 99999999999999999999\r\n"), 0},
    };

    for (size_t i = 0; i < 3; i++) {
        struct stage_call call;
        int64_t began_ns = clock_now_ns();
        stage.report_count = 0;
        retrying_answer(cases[i].answer);
        stage_call(&call, *state);
        if (cases[i].until_ms > 0)
            call.ask.until_ns = clock_now_ns() + cases[i].until_ms * CLOCK_MS;
        stage_play(&call);
        assert_string_equal(call.seen, "503 busy, none");
        assert_int_equal(stage.report_count, 1);
        assert_true(clock_now_ns() - began_ns < 500 * CLOCK_MS);
    }
}

static void test_no_wait(void **state)
{
    static const char *const fields[] = {
        BUSY("retry-after: 0\r\n"),
        BUSY("retry-after: soon\r\n"),
        BUSY("retry-after: Fri, 01 Jan 2021 00:00:00 GMT\r\n"),
        "HTTP/1.1 500 x\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n",
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct stage_call call;
        retrying_answer(fields[i]);
        stage_call(&call, *state);
        retrying_await();
        retrying_answer(STAGE_OK);
        stage_play(&call);
        assert_string_equal(call.seen, "200 hi, none");
    }
}

static void test_cancelled_while_it_waits(void **state)
{
    struct stage_call call;

    retrying_answer(BUSY("retry-after: 1\r\n"));
    stage_call(&call, *state);
    while (stage.report_count == 0)
        stage_step();
    assert_true(call_is_running(&call.call));
    assert_false(call_is_sent(&call.call));
    call_pause(&call.call);
    call_resume(&call.call);
    call_cancel(&call.call, CALL_NOT_NEEDED);
    assert_string_equal(call.seen, "");
    stage_expect_none_in_flight(*state);
}

/* When the time has come, all other endpoints are ejected: the first one is asked again. */
static void test_after_the_wait_the_same_endpoint_may_be_asked(void **state)
{
    struct stage_call call;

    retrying_answer(BUSY("retry-after: 1\r\n"));
    stage_call(&call, *state);
    struct stage_service *asked = retrying_await();
    while (stage.report_count == 0)
        stage_step();
    retrying_answer(STAGE_OK);
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        if (&stage.services[i] != asked)
            stage_state(*state, i)->ejected_until_ns = INT64_MAX;
    stage_play(&call);
    assert_string_equal(call.seen, "200 hi, none");
    assert_int_equal(asked->requests, 2);
}

static void test_after_the_wait_no_endpoint_can_be_asked(void **state)
{
    struct stage_call call;

    retrying_answer(BUSY("retry-after: 1\r\n"));
    stage_call(&call, *state);
    while (stage.report_count == 0)
        stage_step();
    for (size_t i = 0; i < STAGE_SERVICES; i++)
        stage_state(*state, i)->ejected_until_ns = INT64_MAX;
    stage_play(&call);
    assert_string_equal(call.seen, ", limited");
    assert_int_equal(call.call.retry_after_s, 1);
    stage_expect_none_in_flight(*state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, retrying_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_no_field),
        TEST(test_a_retry_waits_as_the_service_asks),
        TEST(test_a_wait_that_is_too_long),
        TEST(test_no_wait),
        TEST(test_cancelled_while_it_waits),
        TEST(test_after_the_wait_the_same_endpoint_may_be_asked),
        TEST(test_after_the_wait_no_endpoint_can_be_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
