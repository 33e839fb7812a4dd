/* Tests of active health checks: the report of a service after its endpoints have answered or
 * failed, and when they are asked. */
#include "tests/unit/health_stage.h"

static void on_changed(const struct health_change *change)
{
    note("(%s %s %s %d", change->endpoint == NULL ? change->service : change->endpoint,
         change->is_up ? "up" : "down", reason_name(change->reason), change->status);
    if (change->is_up) /* how long it was down */
        note(" %lld", (long long)(clock_wall_ms() - change->down_since_ms));
    note(")");
}

static void show(struct health *health)
{
    static const char *const states[] = {"unknown", "up", "down"};
    struct health_report report = health_read(health, 0);

    note(" %s", states[report.state]);
    if (report.reason != REASON_NONE)
        note(",%s,%d", reason_name(report.reason), report.status);
    if (report.endpoints_down > 0)
        note(",%zu/%zu", report.endpoints_down, report.endpoints);
}

/* Tests. */

/* want: what is known at the start and after each step, and in parentheses what was told */
static const struct {
    const char *why;
    size_t endpoints;
    const char *script, *want;
} cases[] = {
    {"up, and nothing to tell", 1, "a=200", " unknown up"},
    {"204 is up", 1, "a=204", " unknown up"},
    {"down from the first", 1, "a=connect",
     " unknown(one down connect 0)(users down connect 0) down,connect,0,1/1"},
    {"a status is no health", 1, "a=500",
     " unknown(one down status 500)(users down status 500) down,status,500,1/1"},
    {"nor is a redirect", 1, "a=302",
     " unknown(one down status 302)(users down status 302) down,status,302,1/1"},
    {"nor a body without end", 1, "a=huge",
     " unknown(one down too_large 200)(users down too_large 200) down,too_large,200,1/1"},
    {"no answer in time", 1, "late",
     " unknown(one down timeout 0)(users down timeout 0) down,timeout,0,1/1"},
    {"down, told once, and up again", 1, "a=reset next a=reset next a=200",
     " unknown(one down reset 0)(users down reset 0) down,reset,0,1/1 down,reset,0,1/1 "
     "down,reset,0,1/1 down,reset,0,1/1(one up reset 0 11000)(users up reset 0 11000) up"},
    {"the last reason counts", 1, "a=connect next a=503 next a=200",
     " unknown(one down connect 0)(users down connect 0) down,connect,0,1/1 down,connect,0,1/1 "
     "down,status,503,1/1 down,status,503,1/1(one up status 503 11000)(users up status 503 11000) "
     "up"},
    {"one of two is enough", 2, "a=connect b=200",
     " unknown(one down connect 0) unknown,connect,0,1/2 up,connect,0,1/2"},
    {"none of two", 2, "a=connect b=500",
     " unknown(one down connect 0) unknown,connect,0,1/2(two down status 500)(users down status "
     "500) down,status,500,2/2"},
    {"one that hangs does not hold up the other", 2, "b=200 late",
     " unknown up(one down timeout 0) up,timeout,0,1/2"},
    {"both well again", 2, "a=connect b=200 next a=200",
     " unknown(one down connect 0) unknown,connect,0,1/2 up,connect,0,1/2 up,connect,0,1/2(one up "
     "connect 0 5500) up"},
    {"the second goes down later", 2, "a=200 b=200 next a=200 b=reset next b=200",
     " unknown up up up up(two down reset 0) up,reset,0,1/2 up,reset,0,1/2(two up reset 0 5500) "
     "up"},
};

static void test_reports(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin(state);
        struct service_settings settings = settings_of(cases[i].endpoints);
        struct stage stage = start(&settings, on_changed);
        struct text rest = text_of(cases[i].script);

        show(stage.health);
        while (rest.at != NULL) {
            play(text_cut(&rest, ' '));
            show(stage.health);
        }
        if (strcmp(trace, cases[i].want) != 0)
            fail_msg("%s:\n got %s\nwant %s", cases[i].why, trace, cases[i].want);
        stop(&stage);
        finish(state);
    }
}

static void test_questions_come_a_tenth_early_or_late(void **state)
{
    struct service_settings settings = settings_of(1);
    struct stage stage = start(&settings, NULL);

    assert_int_equal(started, 1); /* at once */
    for (size_t i = 1; i <= 50; i++) {
        answer(calls[0], 200, 0);
        pass(INTERVAL_MS * 9 / 10 - 1);
        assert_int_equal(started, i);
        now_ns += 1 * CLOCK_MS;
        pass(INTERVAL_MS * 2 / 10);
        assert_int_equal(started, i + 1);
    }
    stop(&stage);
}

static void test_no_question_before_the_last_one_is_over(void **state)
{
    struct service_settings settings = settings_of(1);
    settings.health.timeout_ms = 3 * INTERVAL_MS;
    struct stage stage = start(&settings, NULL);

    pass(INTERVAL_MS * 11 / 10);
    assert_int_equal(started, 1);
    answer(calls[0], 200, 0);
    pass(INTERVAL_MS * 11 / 10);
    assert_int_equal(started, 2);
    stop(&stage);
}

static void test_asks_what_the_settings_say(void **state)
{
    struct service_settings settings = settings_of(1);
    settings.health.path = "/live?deep=0";
    struct stage stage = start(&settings, NULL);

    assert_true(text_is(calls[0]->ask->method, "GET"));
    assert_true(text_is(calls[0]->ask->target, "/live?deep=0"));
    assert_true(text_starts(calls[0]->ask->headers, TEXT("user-agent: bff-health\r\n")));
    stop(&stage);
    assert_null(calls[0]);
}

static void test_times(void **state)
{
    struct service_settings settings = settings_of(1);
    struct stage stage = start(&settings, NULL);

    assert_int_equal(health_read(stage.health, 0).asked_ms, 0);
    assert_int_equal(health_read(stage.health, 0).since_ms, 1000);
    pass(20);
    answer(calls[0], 200, 0);
    assert_int_equal(health_read(stage.health, 0).since_ms, 1020);
    pass(INTERVAL_MS * 11 / 10);
    pass(7);
    answer(calls[0], 200, 0);
    struct health_report report = health_read(stage.health, 0);
    assert_int_equal(report.since_ms, 1020); /* still the same state */
    assert_int_equal(report.asked_ms, 1020 + INTERVAL_MS * 11 / 10 + 7);
    assert_int_equal(report.took_ns, 7 * CLOCK_MS);
    stop(&stage);
}

static void test_nobody_asks_without_a_path(void **state)
{
    struct service_settings settings = settings_of(1);
    settings.health.path = NULL;
    struct stage stage = start(&settings, on_changed);

    pass(10 * INTERVAL_MS);
    assert_int_equal(started, 0);
    assert_int_equal(health_read(stage.health, 0).state, HEALTH_UNKNOWN);
    health_stop(stage.health);
    stop(&stage);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports),
        TEST(test_questions_come_a_tenth_early_or_late),
        TEST(test_no_question_before_the_last_one_is_over),
        TEST(test_asks_what_the_settings_say),
        TEST(test_times),
        TEST(test_nobody_asks_without_a_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
