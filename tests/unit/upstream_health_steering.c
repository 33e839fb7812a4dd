/* Tests of what active health checks change: the endpoints' states, which all workers read, and
 * what the health pages show. */
#include "tests/unit/health_stage.h"

/* The results of one endpoint, and its state as the workers see it: 1 is down. */
static const struct {
    const char *why;
    unsigned rise, fall, status;
    const char *body, *script, *want;
} results[] = {
    {"the first result decides at once", 2, 3, 0, NULL, "a=500", "01"},
    {"and a good one, too", 2, 3, 0, NULL, "a=200 bad", "000"},
    {"three bad ones in a row", 2, 3, 0, NULL, "a=200 bad bad bad", "00001"},
    {"not in a row", 2, 3, 0, NULL, "a=200 bad bad good bad bad", "0000000"},
    {"two good ones in a row", 2, 3, 0, NULL, "a=500 good good", "0110"},
    {"not in a row", 2, 3, 0, NULL, "a=500 good bad good bad good good", "01111110"},
    {"without numbers each result decides", 0, 0, 0, NULL, "a=500 good bad", "0101"},

    {"the status that is set", 0, 0, 418, NULL, "a=418", "00"},
    {"and no other", 0, 0, 418, NULL, "a=200", "01"},
    {"a redirect may be good", 0, 0, 302, NULL, "a=302", "00"},

    {"the text", 0, 0, 0, "ready", "a='ready'", "00"},
    {"within a body", 0, 0, 0, "ready", "a='is.ready.now'", "00"},
    {"in two pieces", 0, 0, 0, "ready", "a='is.rea|dy.now'", "00"},
    {"in many", 0, 0, 0, "ready", "a='r|e|a|d|y'", "00"},
    {"with a false start", 0, 0, 0, "aab", "a='a|aa|b'", "00"},
    {"with a longer one", 0, 0, 0, "ababac", "a='ababab|ac'", "00"},
    {"another text", 0, 0, 0, "ready", "a='read|t|y'", "01"},
    {"another case", 0, 0, 0, "ready", "a='READY'", "01"},
    {"no body", 0, 0, 0, "ready", "a=200", "01"},
    {"each check needs the text", 0, 0, 0, "ready", "a='ready' next a='rea' next a='dy'", "000111"},
};

static bool is_down(size_t endpoint)
{
    struct endpoint_state *state =
        endpoint_state_hold(registry_of_process(), users.name, &addresses[endpoint]);
    bool is_down = state->is_down;

    registry_release(state);
    return is_down;
}

static void test_results_steer(void **state)
{
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        begin(state);
        struct service_settings settings = settings_of(1);
        settings.health.rise = results[i].rise;
        settings.health.fall = results[i].fall;
        settings.health.status = results[i].status;
        settings.health.body = text_of(results[i].body);
        struct stage stage = start(&settings, NULL);
        struct text rest = text_of(results[i].script);

        note("%d", is_down(0));
        while (rest.at != NULL) {
            play(text_cut(&rest, ' '));
            note("%d", is_down(0));
        }
        if (strcmp(trace, results[i].want) != 0)
            fail_msg("%s:\n got %s\nwant %s", results[i].why, trace, results[i].want);
        stop(&stage);
        finish(state);
    }
}

/* The old configuration is freed later than the new one begins. */
static void test_a_new_configuration_leaves_no_gap(void **state)
{
    struct service_settings settings = settings_of(2), next = settings_of(2);
    struct stage old = start(&settings, NULL);

    play(TEXT("a=200"));
    play(TEXT("b=500"));
    struct stage new = {upstream_of(&next), health_new(&next, 1, NULL)};
    health_stop(old.health);
    assert_true(is_down(1));
    health_start(new.health, new.upstream);
    assert_true(is_down(1));
    stop(&old);
    assert_true(is_down(1));
    play(TEXT("b=200"));
    assert_false(is_down(1));
    stop(&new);
}

/* The addresses of a name, for example: the next configuration does not know them before it
 * starts. */
static void test_what_was_down_stays_so_until_its_first_check(void **state)
{
    struct service_settings settings = settings_of(2), next = settings_of(2);
    struct stage old = start(&settings, NULL);

    play(TEXT("a=200"));
    play(TEXT("b=500"));
    health_stop(old.health);
    health_free(old.health);
    struct stage new = start(&next, NULL);
    assert_true(is_down(1));
    play(TEXT("b=200"));
    assert_false(is_down(1));
    stop(&new);
    free_upstream(old.upstream);
}

static void test_without_checks_no_endpoint_stays_down(void **state)
{
    struct service_settings settings = settings_of(1), next = settings_of(1);
    struct stage old = start(&settings, NULL);

    play(TEXT("a=500"));
    assert_true(is_down(0));
    next.health.path = NULL;
    struct stage new = {upstream_of(&next), health_new(&next, 1, NULL)};
    health_stop(old.health);
    health_start(new.health, new.upstream);
    assert_false(is_down(0));
    assert_int_equal(health_read(new.health, 0).state, HEALTH_UNKNOWN);
    stop(&old);
    stop(&new);
}

/* Ejections on the pages, and their end by a check. */

static struct endpoint_state *eject(const struct stage *stage, size_t at, enum reason reason,
                                    int status)
{
    struct endpoint_state *endpoint = stage->upstream->services[0].set.rows[at]->state;

    endpoint_state_eject(endpoint,
                         &(struct endpoint_ejection){.reason = reason,
                                                     .status = status,
                                                     .ejections = 1,
                                                     .until_ns = now_ns + 30000 * CLOCK_MS});
    return endpoint;
}

static void test_a_check_ends_an_ejection_unless_a_status_caused_it(void **state)
{
    struct service_settings settings = settings_of(2);
    struct stage stage = start(&settings, NULL);
    struct endpoint_state *one = eject(&stage, 0, REASON_CONNECT, 0);
    struct endpoint_state *two = eject(&stage, 1, REASON_STATUS, 500);

    play(TEXT("a=500"));
    assert_true(endpoint_state_is_ejected(one, now_ns));
    play(TEXT("b=200"));
    assert_true(endpoint_state_is_ejected(two, now_ns));
    play(TEXT("next"));
    play(TEXT("a=200"));
    assert_false(endpoint_state_is_ejected(one, now_ns));
    assert_string_equal(trace, "[endpoint_returned one]");
    assert_int_equal(one->returned_ns, now_ns);
    stop(&stage);
}

static void test_what_the_pages_read(void **state)
{
    struct service_settings settings = settings_of(2);
    struct stage stage = start(&settings, NULL);

    play(TEXT("a=200"));
    play(TEXT("b=connect"));
    pass(100);
    struct endpoint_state *one = eject(&stage, 0, REASON_STATUS, 503);
    one->in_flight = 3;
    one->first_byte_ns = 7;
    struct health_endpoint seen = health_read_endpoint(stage.health, 0, 0);
    assert_int_equal(seen.state, HEALTH_EJECTED);
    assert_int_equal(seen.reason, REASON_STATUS);
    assert_int_equal(seen.status, 503);
    assert_int_equal(seen.since_ms, 1100);
    assert_int_equal(seen.until_ms, 31100);
    assert_int_equal(seen.in_flight, 3);
    assert_int_equal(seen.first_byte_ns, 7);
    assert_int_equal(health_read_endpoint(stage.health, 0, 1).state, HEALTH_DOWN);

    /* No endpoint gets requests: the service is down since the last one left. */
    struct health_report report = health_read(stage.health, 0);
    assert_int_equal(report.state, HEALTH_DOWN);
    assert_int_equal(report.reason, REASON_STATUS);
    assert_int_equal(report.since_ms, 1100);
    assert_int_equal(report.endpoints_down, 2);

    now_ns += 30000 * CLOCK_MS;
    seen = health_read_endpoint(stage.health, 0, 0);
    assert_int_equal(seen.state, HEALTH_TRIAL);
    assert_int_equal(seen.until_ms, 0);
    assert_int_equal(health_read(stage.health, 0).state, HEALTH_UP);
    assert_true(endpoint_state_claim(one, now_ns));
    endpoint_state_return(one, now_ns);
    seen = health_read_endpoint(stage.health, 0, 0);
    assert_int_equal(seen.state, HEALTH_UP);
    assert_int_equal(seen.reason, REASON_NONE);
    assert_int_equal(seen.since_ms, 31100);
    stop(&stage);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_steer),
        TEST(test_a_new_configuration_leaves_no_gap),
        TEST(test_what_was_down_stays_so_until_its_first_check),
        TEST(test_without_checks_no_endpoint_stays_down),
        TEST(test_a_check_ends_an_ejection_unless_a_status_caused_it),
        TEST(test_what_the_pages_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
