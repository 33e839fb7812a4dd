/* Tests of when the keys of a URL are fetched. The clock is a number of the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/token/key_source_state.h"

#define S CLOCK_S
#define START (1000 * S)

static struct key_source_state state_new(void)
{
    return (struct key_source_state){
        .refresh_ns = 600 * S, .min_interval_ns = 30 * S, .stale_ns = 24 * 3600 * S};
}

static enum key_source_chance ask(struct key_source_state *state, int64_t now_ns)
{
    int64_t again_ns;

    return key_source_state_ask(state, now_ns, &again_ns);
}

/* With keys that were fetched at START. */
static struct key_source_state state_with_keys(void)
{
    struct key_source_state state = state_new();

    assert_true(key_source_state_refresh(&state, START));
    key_source_state_good(&state, START, true, 0);
    return state;
}

static void test_keys_are_fetched_at_the_start_and_refreshed(void **unused)
{
    struct key_source_state state = state_new();

    assert_int_equal(key_source_state_next_ns(&state), 0);
    assert_true(key_source_state_refresh(&state, START));
    assert_false(key_source_state_refresh(&state, START));
    assert_int_equal(key_source_state_next_ns(&state), INT64_MAX);
    key_source_state_good(&state, START, true, 0);
    assert_int_equal(key_source_state_next_ns(&state), START + 600 * S);
    assert_false(key_source_state_refresh(&state, START + 599 * S));
    assert_true(key_source_state_refresh(&state, START + 600 * S));
}

static void test_jitter_only_makes_refreshes_earlier(void **unused)
{
    for (unsigned jitter = 0; jitter < 100; jitter++) {
        struct key_source_state state = state_new();
        assert_true(key_source_state_refresh(&state, START));
        key_source_state_good(&state, START, true, jitter);
        int64_t due_ns = key_source_state_next_ns(&state);
        assert_true(due_ns <= START + 600 * S && due_ns >= START + 540 * S);
    }
}

static void test_one_fetch_at_a_time(void **unused)
{
    struct key_source_state state = state_with_keys();

    assert_int_equal(ask(&state, START + S), KEY_SOURCE_FETCH);
    assert_int_equal(ask(&state, START + S), KEY_SOURCE_UNDER_WAY);
    assert_false(key_source_state_refresh(&state, START + 700 * S));
    key_source_state_give_up(&state);
    assert_int_equal(ask(&state, START + S), KEY_SOURCE_FETCH);
}

static void test_an_ask_that_brings_nothing_begins_a_pause(void **unused)
{
    struct key_source_state state = state_with_keys();

    assert_int_equal(ask(&state, START), KEY_SOURCE_FETCH);
    key_source_state_good(&state, START + S, false, 0);
    assert_int_equal(ask(&state, START + S), KEY_SOURCE_NOT_NOW);
    assert_int_equal(ask(&state, START + 31 * S - 1), KEY_SOURCE_NOT_NOW);
    assert_int_equal(ask(&state, START + 31 * S), KEY_SOURCE_FETCH);
}

/* A provider that changes its keys twice in a moment is followed. */
static void test_new_keys_begin_no_pause(void **unused)
{
    struct key_source_state state = state_with_keys();

    assert_int_equal(ask(&state, START), KEY_SOURCE_FETCH);
    key_source_state_good(&state, START, true, 0);
    assert_int_equal(ask(&state, START), KEY_SOURCE_FETCH);
}

static void test_a_refresh_begins_no_pause(void **unused)
{
    struct key_source_state state = state_with_keys();

    assert_true(key_source_state_refresh(&state, START + 600 * S));
    key_source_state_good(&state, START + 600 * S, false, 0);
    assert_int_equal(ask(&state, START + 600 * S), KEY_SOURCE_FETCH);
}

/* Somebody sends tokens with random kids for an hour, 100 a second. */
static void test_random_kids_cause_few_fetches(void **unused)
{
    struct key_source_state state = state_with_keys();
    unsigned fetches = 0;

    for (int64_t now_ns = START; now_ns < START + 3600 * S; now_ns += S / 100) {
        if (ask(&state, now_ns) != KEY_SOURCE_FETCH)
            continue;
        fetches++;
        key_source_state_good(&state, now_ns, false, 0);
    }
    assert_int_equal(fetches, 120);
}

/* Even when the keys are other ones each time. */
static void test_ten_asks_a_minute(void **unused)
{
    struct key_source_state state = state_with_keys();
    unsigned fetches = 0;

    for (int64_t now_ns = START; now_ns < START + 120 * S; now_ns += S / 100) {
        enum key_source_chance chance = ask(&state, now_ns);
        if (chance == KEY_SOURCE_FETCH) {
            fetches++;
            key_source_state_good(&state, now_ns, true, 0);
        } else
            assert_int_equal(chance, KEY_SOURCE_NOT_NOW);
    }
    assert_int_equal(fetches, 20);
}

/* 1, 2, 4, 8, 16, 30, 30 seconds. */
static void test_failures_are_repeated_later_and_later(void **unused)
{
    static const int64_t pauses[] = {1, 2, 4, 8, 16, 30, 30, 30};
    struct key_source_state state = state_new();
    int64_t now_ns = START;

    for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
        assert_true(key_source_state_refresh(&state, now_ns));
        assert_int_equal(key_source_state_bad(&state, now_ns), i == 0);
        assert_int_equal(ask(&state, now_ns), KEY_SOURCE_DOWN);
        assert_int_equal(key_source_state_next_ns(&state), now_ns + pauses[i] * S);
        now_ns += pauses[i] * S;
    }
    assert_int_equal(ask(&state, now_ns), KEY_SOURCE_FETCH);
    key_source_state_good(&state, now_ns, true, 0);
    assert_int_equal(ask(&state, now_ns), KEY_SOURCE_FETCH);
}

/* The URL is down for a day: the keys are good until then, and nobody says that a key does not
 * exist. */
static void test_old_keys_serve_while_the_url_is_down(void **unused)
{
    struct key_source_state state = state_with_keys();
    int64_t now_ns = key_source_state_next_ns(&state), end_ns = START + 24 * 3600 * S;
    unsigned told = 0;

    while (now_ns < end_ns) {
        assert_false(key_source_state_expire(&state, now_ns));
        if (key_source_state_refresh(&state, now_ns))
            told += key_source_state_bad(&state, now_ns);
        assert_int_equal(ask(&state, now_ns), KEY_SOURCE_DOWN);
        now_ns = key_source_state_next_ns(&state);
    }
    assert_int_equal(told, 1);
    assert_int_equal(now_ns, end_ns);
    assert_true(key_source_state_expire(&state, end_ns));
    assert_false(key_source_state_expire(&state, end_ns));
}

/* Keys are only old when their URL is down. */
static void test_good_fetches_never_expire(void **unused)
{
    struct key_source_state state = state_with_keys();

    assert_false(key_source_state_expire(&state, START + 48 * 3600 * S));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_fetched_at_the_start_and_refreshed),
        cmocka_unit_test(test_jitter_only_makes_refreshes_earlier),
        cmocka_unit_test(test_one_fetch_at_a_time),
        cmocka_unit_test(test_an_ask_that_brings_nothing_begins_a_pause),
        cmocka_unit_test(test_new_keys_begin_no_pause),
        cmocka_unit_test(test_a_refresh_begins_no_pause),
        cmocka_unit_test(test_random_kids_cause_few_fetches),
        cmocka_unit_test(test_ten_asks_a_minute),
        cmocka_unit_test(test_failures_are_repeated_later_and_later),
        cmocka_unit_test(test_old_keys_serve_while_the_url_is_down),
        cmocka_unit_test(test_good_fetches_never_expire),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
