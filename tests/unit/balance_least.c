/* Tests of the algorithms that compare attempts in flight, and of the average that two choices
 * use. */
#include "tests/unit/balance_stage.h"

/* Picks ${count} times; every attempt stays under way. */
static const char *picks_that_stay(size_t count)
{
    static char letters[64];

    for (size_t i = 0; i < count; i++) {
        letters[i] = stage_pick();
        endpoint_state_begin(&stage.states[letters[i] - 'a']);
    }
    letters[count] = '\0';
    return letters;
}

static void test_least_connections(void **state)
{
    stage_begin(SERVICE_LEAST_CONNECTIONS, "111");
    stage.states[0].in_flight = 2;
    stage.states[1].in_flight = 1;
    stage.states[2].in_flight = 3;
    assert_string_equal(picks_that_stay(1), "b");
    picks_that_stay(3);
    for (size_t i = 0; i < 3; i++)
        assert_in_range(stage.states[i].in_flight, 3, 4);
}

static void test_least_connections_by_weight(void **state)
{
    stage_begin(SERVICE_LEAST_CONNECTIONS, "311");
    picks_that_stay(50);
    assert_int_equal(stage.states[0].in_flight, 30);
    assert_int_equal(stage.states[1].in_flight, 10);
    assert_int_equal(stage.states[2].in_flight, 10);
    stage.states[0].in_flight = 3;
    stage.states[1].in_flight = stage.states[2].in_flight = 2;
    assert_int_equal(stage_pick(), 'a'); /* 3 / 3 is less than 2 / 1 */
}

/* Without load all are equal. Then it is nginx's sequence. */
static void test_equals_take_turns(void **state)
{
    stage_begin(SERVICE_LEAST_CONNECTIONS, "511");
    assert_string_equal(stage_picks(7), "aabacaa");
    stage.states[0].in_flight = 1;
    unsigned counts[STAGE_MOST];
    stage_count(1000, counts);
    assert_int_equal(counts[0], 0);
    assert_in_range(counts[1], 430, 570);
}

/* Two choices. */

static void set_average(char letter, int64_t ms)
{
    stage.states[letter - 'a'].first_byte_ns = ms * CLOCK_MS;
    stage.states[letter - 'a'].sampled_ns = stage.now_ns;
}

static void test_two_choices_takes_the_faster(void **state)
{
    unsigned counts[STAGE_MOST];

    stage_begin(SERVICE_TWO_CHOICES, "111");
    set_average('a', 10);
    set_average('b', 10);
    set_average('c', 100);
    stage_count(3000, counts);
    assert_int_equal(counts[2], 0); /* in each pair there is a better one */
    assert_in_range(counts[0], 1300, 1700);

    stage.states[0].in_flight = stage.states[1].in_flight = 10;
    stage_count(3000, counts); /* 11 x 10 ms there is more than 1 x 100 ms */
    assert_in_range(counts[2], 1850, 2150);
}

/* The timeouts from before an ejection do not put the trial off. */
static void test_two_choices_makes_a_trial_soon(void **state)
{
    unsigned counts[STAGE_MOST];

    stage_begin(SERVICE_TWO_CHOICES, "111");
    set_average('a', 10);
    set_average('b', 10);
    set_average('c', 3000);
    stage.states[2].trial = ENDPOINT_TRIAL_DUE;
    stage_count(50, counts);
    assert_int_equal(counts[2], 1);
    assert_int_equal(stage.states[2].trial, ENDPOINT_TRIAL_UNDER_WAY);
}

static void test_two_choices_by_load_and_weight(void **state)
{
    unsigned counts[STAGE_MOST];

    stage_begin(SERVICE_TWO_CHOICES, "14");
    stage.states[1].in_flight = 2;
    stage_count(100, counts);
    assert_int_equal(counts[1], 100); /* 3 / 4 is less than 1 / 1 */
    stage.states[1].in_flight = 4;
    stage_count(100, counts);
    assert_int_equal(counts[0], 100); /* 5 / 4 is more */
}

static void test_an_endpoint_without_an_average_is_as_fast_as_the_other(void **state)
{
    unsigned counts[STAGE_MOST];

    stage_begin(SERVICE_TWO_CHOICES, "11");
    set_average('a', 10);
    stage.states[0].in_flight = 1;
    stage_count(100, counts);
    assert_int_equal(counts[1], 100);
    stage.states[1].in_flight = 2;
    stage_count(100, counts);
    assert_int_equal(counts[0], 100);
}

/* An endpoint that was slow gets requests again when nothing was heard of it for a while. */
static void test_an_old_average_fades(void **state)
{
    stage_begin(SERVICE_TWO_CHOICES, "11");
    set_average('b', 1000);
    stage.now_ns += 40 * 1000 * CLOCK_MS;
    set_average('a', 100);
    assert_int_equal(stage_pick(), 'b'); /* 1000 / 16 */
}

static void test_the_average(void **state)
{
    static const struct {
        int64_t age_ms, want_ms;
    } rows[] = {{0, 800}, {5000, 600}, {10000, 400}, {20000, 200}, {25000, 150}};
    struct endpoint_state one = {0};
    int64_t now_ns = STAGE_NOW_NS;

    assert_int_equal(endpoint_state_average_ns(&one, now_ns), 0);
    endpoint_state_sample(&one, 800 * CLOCK_MS, now_ns);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(endpoint_state_average_ns(&one, now_ns + rows[i].age_ms * CLOCK_MS),
                         rows[i].want_ms * CLOCK_MS);
    assert_int_equal(endpoint_state_average_ns(&one, now_ns - 1), 800 * CLOCK_MS);
    assert_int_equal(endpoint_state_average_ns(&one, INT64_MAX), 1); /* but never unknown */

    now_ns += 1000 * CLOCK_MS;
    endpoint_state_sample(&one, 0, now_ns); /* half of the average */
    assert_int_equal(endpoint_state_average_ns(&one, now_ns), 400 * CLOCK_MS);
    for (size_t i = 0; i < 100; i++) /* many at the same time are one */
        endpoint_state_sample(&one, 4000 * CLOCK_MS, now_ns);
    assert_int_equal(endpoint_state_average_ns(&one, now_ns), 400 * CLOCK_MS);
    now_ns += 9 * 1000 * CLOCK_MS;
    endpoint_state_sample(&one, 0, now_ns); /* a pause makes the next one weigh more */
    assert_int_equal(endpoint_state_average_ns(&one, now_ns), 40 * CLOCK_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_least_connections),
        STAGE_TEST(test_least_connections_by_weight),
        STAGE_TEST(test_equals_take_turns),
        STAGE_TEST(test_two_choices_takes_the_faster),
        STAGE_TEST(test_two_choices_makes_a_trial_soon),
        STAGE_TEST(test_two_choices_by_load_and_weight),
        STAGE_TEST(test_an_endpoint_without_an_average_is_as_fast_as_the_other),
        STAGE_TEST(test_an_old_average_fades),
        STAGE_TEST(test_the_average),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
