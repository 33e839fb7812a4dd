/* Tests of which endpoints may be chosen: states, panic, backups, limits, slow start, trials. */
#include "tests/unit/balance_stage.h"

/* The endpoints that picks choose, as letters in order: "ac". */
static const char *chosen(void)
{
    static char letters[STAGE_MOST + 1];
    unsigned counts[STAGE_MOST];
    size_t len = 0;

    stage_count(200, counts);
    for (size_t i = 0; i < STAGE_MOST; i++)
        if (counts[i] > 0)
            letters[len++] = (char)('a' + i);
    letters[len] = '\0';
    return letters;
}

static const enum service_balance algorithms[] = {SERVICE_ROUND_ROBIN, SERVICE_LEAST_CONNECTIONS,
                                                  SERVICE_HASH, SERVICE_TWO_CHOICES};
#define ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

static void test_every_algorithm_leaves_out_what_is_not_usable(void **state)
{
    for (size_t i = 0; i < ALGORITHMS; i++) {
        stage_begin(algorithms[i], "1111");
        assert_string_equal(chosen(), "abcd");
        stage_eject('a');
        assert_string_equal(chosen(), "bcd");
        stage.states[1].is_down = true;
        assert_string_equal(chosen(), "cd");
        stage.at[2].max_in_flight = 5;
        stage.states[2].in_flight = 5;
        assert_string_equal(chosen(), "d");
        assert_int_equal(stage_pick_but(8), '-');
        stage_return('a');
        assert_string_equal(chosen(), "ad");
    }
}

/* Gives the endpoint a limit that it has reached. */
static void fill(size_t endpoint)
{
    stage.at[endpoint].max_in_flight = 1;
    stage.states[endpoint].in_flight = 1;
}

/* Panic. */

static void test_panic_when_fewer_than_half_are_well(void **state)
{
    stage_begin(SERVICE_ROUND_ROBIN, "1111");
    stage.settings.panic_percent = 50;
    stage_eject('a');
    stage.states[1].is_down = true;
    assert_string_equal(chosen(), "cd"); /* half of them are not fewer than half */
    stage.states[2].trial = ENDPOINT_TRIAL_UNDER_WAY;
    assert_string_equal(chosen(), "abcd");
    stage.states[3].is_down = true;
    assert_string_equal(chosen(), "abcd");
    stage.states[1].is_down = stage.states[3].is_down = false;
    assert_string_equal(chosen(), "bd");
}

static void test_without_panic_nobody_is_asked(void **state)
{
    struct balance_question question = {.now_ns = STAGE_NOW_NS};

    stage_begin(SERVICE_ROUND_ROBIN, "11");
    stage_eject('a');
    stage_eject('b');
    assert_int_equal(stage_pick(), '-');
    assert_false(balance_has(&stage.balance, &question));
    assert_false(stage_choice((struct text){0}, 0).is_full);
    stage.settings.panic_percent = 1;
    assert_string_equal(chosen(), "ab");
    assert_true(balance_has(&stage.balance, &question));
}

static void test_an_endpoint_that_is_full_is_full_in_a_panic(void **state)
{
    stage_begin(SERVICE_ROUND_ROBIN, "111");
    stage.settings.panic_percent = 50;
    for (size_t i = 0; i < 3; i++)
        stage.states[i].is_down = true;
    fill(0);
    assert_string_equal(chosen(), "bc");
}

/* Backups. */

static void begin_with_backup(enum service_balance algorithm)
{
    stage_begin(algorithm, "1111");
    stage.at[2].is_backup = stage.at[3].is_backup = true;
    stage.settings.panic_percent = 50;
    balance_set(&stage.balance, stage.members, 4);
}

static void test_backups_wait_until_no_other_is_usable(void **state)
{
    for (size_t i = 0; i < ALGORITHMS; i++) {
        begin_with_backup(algorithms[i]);
        assert_string_equal(chosen(), "ab");
        stage_eject('a');
        assert_string_equal(chosen(), "b");
        stage_eject('b');
        assert_string_equal(chosen(), "cd"); /* before there is a panic */
        stage_return('a');
        assert_string_equal(chosen(), "a");
    }
}

static void test_a_backup_helps_when_the_others_are_full(void **state)
{
    begin_with_backup(SERVICE_ROUND_ROBIN);
    for (size_t i = 0; i < 2; i++)
        fill(i);
    assert_string_equal(chosen(), "cd");
    stage.states[0].in_flight = 0;
    assert_int_equal(stage_pick(), 'a');
}

static void test_a_retry_may_go_to_a_backup(void **state)
{
    begin_with_backup(SERVICE_ROUND_ROBIN);
    stage_eject('b');
    assert_in_range(stage_pick_but(1), 'c', 'd');
}

static void test_panic_when_no_backup_is_well_either(void **state)
{
    begin_with_backup(SERVICE_ROUND_ROBIN);
    for (size_t i = 0; i < 4; i++)
        stage.states[i].is_down = true;
    assert_string_equal(chosen(), "ab");
}

/* Limits. */

static void test_a_limit_counts_the_attempt_and_is_never_exceeded(void **state)
{
    stage_begin(SERVICE_ROUND_ROBIN, "11");
    stage.at[0].max_in_flight = 2;
    stage.at[1].max_in_flight = 1;
    for (size_t i = 0; i < 3; i++)
        assert_true(stage_choice((struct text){0}, 0).is_counted);
    assert_int_equal(stage.states[0].in_flight, 2);
    assert_int_equal(stage.states[1].in_flight, 1);
    struct balance_choice none = stage_choice((struct text){0}, 0);
    assert_null(none.member);
    assert_true(none.is_full);
    endpoint_state_ended(&stage.states[1], ENDPOINT_WORKED);
    assert_int_equal(stage_pick(), 'b');
}

static void test_full_is_not_said_of_endpoints_that_may_not_be_asked(void **state)
{
    stage_begin(SERVICE_ROUND_ROBIN, "11");
    fill(0);
    stage_eject('b');
    assert_true(stage_choice((struct text){0}, 0).is_full);
    assert_false(stage_choice((struct text){0}, 1).is_full); /* it was asked before */
    stage_eject('a');
    assert_false(stage_choice((struct text){0}, 0).is_full);
}

/* The turn of an endpoint that is full goes to the others by weight. */
static void test_the_others_share_the_turns_of_one_that_is_full(void **state)
{
    unsigned counts[STAGE_MOST];

    stage_begin(SERVICE_ROUND_ROBIN, "611");
    fill(0);
    stage_count(8000, counts);
    assert_int_equal(counts[0], 0);
    assert_in_range(counts[1], 3800, 4200);
}

/* An endpoint that is listed twice. */

static void test_an_endpoint_that_is_listed_twice(void **state)
{
    unsigned counts[STAGE_MOST] = {0};

    for (size_t i = 0; i < ALGORITHMS; i++) {
        stage_begin(algorithms[i], "111");
        stage.members[2].endpoint = stage.members[0].endpoint;
        balance_set(&stage.balance, stage.members, 3);
        assert_string_equal(chosen(), "abc");
    }
    stage.settings.balance = SERVICE_HASH;
    for (unsigned number = 0; number < 3000; number++)
        counts[stage_pick_key((struct text){(const char *)&number, sizeof(number)}) - 'a']++;
    assert_in_range(counts[0] + counts[2], 1900, 2100);
}

/* A single endpoint. */

static void test_a_single_endpoint(void **state)
{
    stage_begin(SERVICE_HASH, "1");
    assert_string_equal(stage_picks(3), "aaa");
    assert_int_equal(stage_pick_but(1), '-');
    assert_int_equal(stage.state.turn, 0); /* there is nothing to take turns with */
    stage.states[0].is_down = true;
    assert_int_equal(stage_pick(), '-');
    stage.settings.panic_percent = 50;
    assert_int_equal(stage_pick(), 'a');
    stage.at[0].max_in_flight = 1;
    assert_int_equal(stage_pick(), 'a');
    assert_int_equal(stage_pick(), '-');
    assert_true(stage_choice((struct text){0}, 0).is_full);
}

/* Slow start. */

static void test_slow_start_grows_in_a_straight_line(void **state)
{
    static const unsigned shares[] = {0, 125, 250, 375, 500, 500}; /* of 1000, each quarter */
    unsigned counts[STAGE_MOST];

    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        stage_begin(SERVICE_ROUND_ROBIN, "11");
        stage.settings.slow_start_ms = 20000;
        stage.states[0].returned_ns = stage.now_ns - (int64_t)i * 5000 * CLOCK_MS;
        stage_count(10000, counts);
        assert_in_range(counts[0] + 150, shares[i] * 10, shares[i] * 10 + 300);
    }
}

static void test_slow_start_is_ignored_when_there_is_no_other(void **state)
{
    begin_with_backup(SERVICE_ROUND_ROBIN);
    stage.settings.slow_start_ms = 20000;
    stage_eject('b');
    stage.states[0].returned_ns = stage.now_ns;
    assert_string_equal(chosen(), "a"); /* nor does a backup come in */
}

/* Trials. */

static void test_a_trial_is_claimed_once(void **state)
{
    unsigned trials = 0;

    stage_begin(SERVICE_ROUND_ROBIN, "11");
    stage.states[0].trial = ENDPOINT_TRIAL_DUE;
    for (size_t i = 0; i < 10; i++) {
        struct balance_choice choice = stage_choice((struct text){0}, 0);
        trials += choice.is_trial;
        assert_int_equal(choice.member->place, choice.is_trial ? 0 : 1);
    }
    assert_int_equal(trials, 1);
    assert_int_equal(stage.states[0].trial, ENDPOINT_TRIAL_UNDER_WAY);
}

static void test_an_endpoint_that_is_ejected_has_no_trial_yet(void **state)
{
    stage_begin(SERVICE_ROUND_ROBIN, "11");
    stage.settings.panic_percent = 100;
    stage_eject('a');
    stage.states[0].trial = ENDPOINT_TRIAL_DUE;
    assert_string_equal(chosen(), "ab");
    assert_int_equal(stage.states[0].trial, ENDPOINT_TRIAL_DUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_every_algorithm_leaves_out_what_is_not_usable),
        STAGE_TEST(test_panic_when_fewer_than_half_are_well),
        STAGE_TEST(test_without_panic_nobody_is_asked),
        STAGE_TEST(test_an_endpoint_that_is_full_is_full_in_a_panic),
        STAGE_TEST(test_backups_wait_until_no_other_is_usable),
        STAGE_TEST(test_a_backup_helps_when_the_others_are_full),
        STAGE_TEST(test_a_retry_may_go_to_a_backup),
        STAGE_TEST(test_panic_when_no_backup_is_well_either),
        STAGE_TEST(test_a_limit_counts_the_attempt_and_is_never_exceeded),
        STAGE_TEST(test_full_is_not_said_of_endpoints_that_may_not_be_asked),
        STAGE_TEST(test_the_others_share_the_turns_of_one_that_is_full),
        STAGE_TEST(test_an_endpoint_that_is_listed_twice),
        STAGE_TEST(test_a_single_endpoint),
        STAGE_TEST(test_slow_start_grows_in_a_straight_line),
        STAGE_TEST(test_slow_start_is_ignored_when_there_is_no_other),
        STAGE_TEST(test_a_trial_is_claimed_once),
        STAGE_TEST(test_an_endpoint_that_is_ejected_has_no_trial_yet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
