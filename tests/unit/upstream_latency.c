/* The histogram of times: how exact its percentile is, and how it forgets. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/upstream/latency.h"

static int begin(void **state)
{
    *state = latency_hold(registry_of_process(), TEXT("test"));
    return 0;
}

static int end(void **state)
{
    registry_release(*state);
    return 0;
}

/* Adds ${count} times, of which one in ${every} takes ${slow_ns}. */
static void add(struct latency *latency, unsigned count, int64_t ns, unsigned every,
                int64_t slow_ns, int64_t now_ns)
{
    for (unsigned i = 0; i < count; i++)
        latency_add(latency, i % every == every - 1 ? slow_ns : ns, now_ns);
}

static void test_too_few_samples_say_nothing(void **state)
{
    add(*state, LATENCY_SAMPLES_MIN - 1, 5 * CLOCK_MS, 100, 0, 1);
    assert_int_equal(latency_p95_ns(*state), 0);
    add(*state, 1, 5 * CLOCK_MS, 100, 0, 1);
    assert_true(latency_p95_ns(*state) > 0);
}

static void test_the_estimate_is_at_most_an_eighth_too_large(void **state)
{
    for (int64_t us = 1000; us < 100 * 1000 * 1000; us += us / 7) {
        add(*state, 2000, us * 1000, 100, 1, 1);
        int64_t p95_ns = latency_p95_ns(*state);
        if (p95_ns <= us * 1000 || p95_ns > us * 1000 / 8 * 9 + 65536)
            fail_msg("%lld us: %lld ns", (long long)us, (long long)p95_ns);
    }
}

static void test_extreme_times(void **state)
{
    add(*state, 2000, 0, 100, 1, 1);
    assert_int_equal(latency_p95_ns(*state), CLOCK_MS);
    add(*state, 4000, -5, 2, INT64_MAX, 1);
    assert_true(latency_p95_ns(*state) > 100 * 1000 * CLOCK_MS);
}

static void test_one_in_twenty_is_beyond_and_one_in_ten_is_not(void **state)
{
    add(*state, 2000, 5 * CLOCK_MS, 20, 500 * CLOCK_MS, 1);
    assert_true(latency_p95_ns(*state) < 6 * CLOCK_MS);
    add(*state, 2000, 5 * CLOCK_MS, 10, 500 * CLOCK_MS, 1);
    assert_true(latency_p95_ns(*state) > 500 * CLOCK_MS);
}

static void test_old_times_are_forgotten(void **state)
{
    int64_t now_ns = 1;

    add(*state, 200, 500 * CLOCK_MS, 300, 0, now_ns);
    for (unsigned i = 0; i < 8; i++) /* few calls, and a long time */
        add(*state, 10, 5 * CLOCK_MS, 300, 0, now_ns += 11 * 1000 * CLOCK_MS);
    assert_true(latency_p95_ns(*state) < 6 * CLOCK_MS);
    add(*state, 2000, 50 * CLOCK_MS, 3000, 0, now_ns); /* many calls, and no time */
    assert_true(latency_p95_ns(*state) > 50 * CLOCK_MS);
}

static void *add_many(void *latency)
{
    add(latency, 200000, 5 * CLOCK_MS, 100, CLOCK_MS, clock_now_ns());
    return NULL;
}

static void test_several_workers(void **state)
{
    pthread_t threads[4];

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, *state), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    add(*state, 100, 5 * CLOCK_MS, 200, 0, clock_now_ns());
    assert_true(latency_p95_ns(*state) > 5 * CLOCK_MS && latency_p95_ns(*state) < 6 * CLOCK_MS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_too_few_samples_say_nothing),
        TEST(test_the_estimate_is_at_most_an_eighth_too_large),
        TEST(test_extreme_times),
        TEST(test_one_in_twenty_is_beyond_and_one_in_ten_is_not),
        TEST(test_old_times_are_forgotten),
        TEST(test_several_workers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
