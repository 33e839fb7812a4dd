/* Tests of durations and of random delays: the percentiles of what is drawn are those that were
 * asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fixtures/mock_delay.h"
#include "fixtures/mock_duration.h"

#define DRAWS 100000

static const struct {
    const char *text;
    uint64_t us;
} durations[] = {
    {"0us", 0},        {"250us", 250},          {"20ms", 20000},        {"1.5ms", 1500},
    {"0.0019ms", 1},   {"2s", 2000000},         {"1.234567s", 1234567}, {"600s", 600000000},
    {"0.25s", 250000}, {"600000ms", 600000000},
};

static const char *const no_durations[] = {
    "",     "1",           "ms", "1 ms", "-1ms",  "1.ms", ".5s",
    "601s", "600.000001s", "1m", "1h",   "1e3ms", "+1s",  "99999999999999999999s",
};

static void durations_are_read(void **state)
{
    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
        uint64_t us = 77;
        if (mock_duration_read(text_of(durations[i].text), &us) != 0 || us != durations[i].us)
            fail_msg("%s is %zu", durations[i].text, (size_t)us);
    }
}

static void other_texts_are_no_durations(void **state)
{
    for (size_t i = 0; i < sizeof(no_durations) / sizeof(no_durations[0]); i++) {
        uint64_t us = 77;
        if (mock_duration_read(text_of(no_durations[i]), &us) == 0 || us != 77)
            fail_msg("'%s' is %zu", no_durations[i], (size_t)us);
    }
}

static int compare(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static void seed(struct random *random, uint64_t from)
{
    random->state[0] = from * 0x9e3779b97f4a7c15u + 1;
    random->state[1] = from + 12345;
}

/* Draws ${DRAWS} times, sorts them, and compares the percentiles, within 3 %. */
static void assert_percentiles(uint64_t p50, uint64_t p95, uint64_t p99, uint64_t want_p99)
{
    static uint64_t drawn[DRAWS];
    struct mock_delay delay = mock_delay_random(p50, p95, p99);
    const struct {
        size_t at;
        double want;
    } points[] = {{50, (double)p50}, {95, (double)p95}, {99, (double)want_p99}};
    struct random random;

    seed(&random, p50 + p99);
    for (size_t i = 0; i < DRAWS; i++)
        drawn[i] = mock_delay_draw(&delay, &random);
    qsort(drawn, DRAWS, sizeof(drawn[0]), compare);
    for (size_t i = 0; i < 3; i++) {
        double got = (double)drawn[DRAWS / 100 * points[i].at];
        if (got < points[i].want * 0.97 || got > points[i].want * 1.03)
            fail_msg("p%zu of %zu/%zu/%zu is %.0f", points[i].at, (size_t)p50, (size_t)p95,
                     (size_t)p99, got);
    }
    assert_true(drawn[0] < p50 && drawn[DRAWS - 1] > want_p99);
}

static void percentiles_are_as_asked(void **state)
{
    assert_percentiles(20000, 80000, 400000, 400000); /* a long tail */
    assert_percentiles(20000, 80000, 90000, 90000);   /* a short one */
    assert_percentiles(20000, 80000, 0, 142074);      /* 20 ms * 4 ^ (2.3263 / 1.6449) */
    assert_percentiles(1000000, 2000000, 0, 2665432); /* 1 s * 2 ^ 1.41431 */
}

static void the_same_seed_draws_the_same(void **state)
{
    struct mock_delay delay = mock_delay_random(20000, 80000, 0);
    struct random one, two, other;
    bool differs = false;

    seed(&one, 7);
    seed(&two, 7);
    seed(&other, 8);
    for (int i = 0; i < 100; i++) {
        uint64_t us = mock_delay_draw(&delay, &one);
        assert_int_equal(us, mock_delay_draw(&delay, &two));
        differs |= us != mock_delay_draw(&delay, &other);
    }
    assert_true(differs);
}

static void bounds(void **state)
{
    struct mock_delay fixed = mock_delay_fixed(1234), none = {0},
                      endless = mock_delay_random(MOCK_DURATION_MAX_US, MOCK_DURATION_MAX_US, 0),
                      equal = mock_delay_random(5000, 5000, 5000);
    struct random random;

    seed(&random, 1);
    assert_int_equal(mock_delay_draw(&fixed, &random), 1234);
    assert_int_equal(mock_delay_draw(&none, &random), 0);
    for (int i = 0; i < 1000; i++) {
        assert_true(mock_delay_draw(&endless, &random) <= MOCK_DURATION_MAX_US);
        assert_in_range(mock_delay_draw(&equal, &random), 4999, 5001);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(other_texts_are_no_durations),
        cmocka_unit_test(percentiles_are_as_asked),
        cmocka_unit_test(the_same_seed_draws_the_same),
        cmocka_unit_test(bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
