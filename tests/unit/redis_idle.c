/* Tests of a connection that is idle for a long time. The clock is the test's. */
#include "tests/unit/redis_stage.h"

static int64_t ahead_ns; /* of CLOCK_MONOTONIC */

/* In the place of the functions of bff/base/clock.c. */
int64_t clock_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 * CLOCK_MS + now.tv_nsec + ahead_ns;
}

static void pass_idle_time(void) { ahead_ns += (REDIS_IDLE_MS + 1) * CLOCK_MS; }

static void test_an_idle_connection_is_tested(void **state)
{
    struct redis *redis = stage_redis_up();
    unsigned pings = stage.server.pings;

    for (unsigned i = 1; i <= 3; i++) {
        pass_idle_time();
        stage_until(stage.server.pings == pings + i);
        stage_wait(5);
        assert_int_equal(stage.server.pings, pings + i);
        assert_true(redis_is_up(redis));
    }
    assert_string_equal(stage.events, "");
    redis_free(redis);
}

static void test_a_connection_in_use_is_not_tested(void **state)
{
    struct redis *redis = stage_redis_up();
    unsigned pings = stage.server.pings;

    for (unsigned i = 0; i < 5; i++) {
        ahead_ns += REDIS_IDLE_MS / 2 * CLOCK_MS;
        assert_string_equal(stage_ask(redis, "ECHO a"), "a");
    }
    assert_int_equal(stage.server.pings, pings);
    redis_free(redis);
}

/* The peer has gone without a FIN, for example because a firewall has forgotten the connection. */
static void test_a_connection_to_nobody_is_found_without_a_request(void **state)
{
    struct redis *redis = stage_redis_up();

    stage.server.is_frozen = true;
    stage.settings.timeout_ms = 50;
    pass_idle_time();
    stage_until(!redis_is_up(redis));
    assert_string_equal(stage.events, "redis_down timeout, ");
    stage.server.is_frozen = false;
    stage_until(redis_is_up(redis));
    redis_free(redis);
}

static int begin(void **state)
{
    stage_begin(state);
    stage.settings.timeout_ms = 2000;
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_idle_connection_is_tested),
        TEST(a_connection_in_use_is_not_tested),
        TEST(a_connection_to_nobody_is_found_without_a_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
