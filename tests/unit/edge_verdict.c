/* Tests of verdicts: one asks, the others wait, and the result is kept for its time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/edge/verdict.h"

#include "tests/unit/cache_stage.h"

#define MOST 8

/* Somebody who asks. */
struct asker {
    struct pool *pool;
    struct verdict_ask *ask;
    struct verdict_lead *lead; /* the call that they have begun; NULL: none */
    char state;                /* see letter_of; '-': they wait */
};

static struct asker askers[MOST];
static struct cache_worker workers[WORKERS];
static bool fails_at_once;

static char letter_of(enum verdict_state state) { return "hsf-"[state]; }

static void on_lead(struct verdict_ask *ask, struct verdict_lead *lead)
{
    struct asker *asker = ask->cookie;

    if (fails_at_once)
        verdict_fail(lead);
    else
        asker->lead = lead;
}

static void on_done(struct verdict_ask *ask, enum verdict_state state)
{
    struct asker *asker = ask->cookie;

    must(asker->state == '-');
    asker->state = letter_of(state);
}

/* Returns the state of the asker ${who}, who asks in the worker ${worker} about ${about}. */
static char ask(unsigned who, unsigned worker, char about)
{
    struct asker *asker = &askers[who];
    char key[VERDICT_KEY_BYTES] = {about};

    *asker = (struct asker){.pool = pool_new()};
    asker->ask = verdict_ask_new(asker->pool);
    asker->ask->lead = on_lead;
    asker->ask->done = on_done;
    asker->ask->cookie = asker;
    asker->state =
        letter_of(verdict_ask(asker->ask, &workers[worker], (struct text){key, sizeof(key)}));
    return asker->state;
}

static void leave(unsigned who)
{
    pool_free(askers[who].pool);
    askers[who].pool = NULL;
}

/* Whether the call of ${who} was begun. */
static bool leads(unsigned who) { return askers[who].lead != NULL; }

static struct cache_entry *verdict_for(const char *user, int64_t ttl_ns, int64_t stale_ns)
{
    const struct exchange_field field = {TEXT("user"), text_of(user)};

    return verdict_new(&(struct verdict_parts){
        .status = 200, .fields = &field, .field_count = 1, .ttl_ns = ttl_ns, .stale_ns = stale_ns});
}

static void tell(unsigned who, const char *user, int64_t ttl_ns, int64_t stale_ns)
{
    struct cache_entry *entry = verdict_for(user, ttl_ns, stale_ns);

    verdict_tell(askers[who].lead, entry);
    cache_entry_release(entry);
    askers[who].lead = NULL;
}

static void fail_call(unsigned who)
{
    verdict_fail(askers[who].lead);
    askers[who].lead = NULL;
}

static void check_user(unsigned who, const char *user)
{
    struct text found = verdict_field(askers[who].ask->entry, "user");

    assert_string_equal(pool_text(askers[who].pool, found).at, user);
}

/* Moves the times of the entry about ${about} so far into the past. */
static void pass_time(char about, int64_t ns)
{
    char key[VERDICT_KEY_BYTES] = {about};
    struct cache_slot *slot = cache_find(workers[0].reader, (struct text){key, sizeof(key)});
    struct cache_entry *entry = cache_slot_entry(slot);

    entry->born_ns -= ns;
    entry->fresh_ns -= ns;
    entry->stale_ns -= ns;
    entry->failed_ns -= ns;
    cache_entry_release(entry);
    cache_slot_release(slot);
}

static int begin(void **state)
{
    begin_stage(state);
    fails_at_once = false;
    memset(askers, 0, sizeof(askers));
    for (size_t i = 0; i < WORKERS; i++)
        workers[i] = (struct cache_worker){.cache = stage.cache, .reader = stage.workers[i].reader};
    return 0;
}

static int end(void **state)
{
    for (unsigned i = 0; i < MOST; i++)
        if (askers[i].pool != NULL)
            leave(i);
    return end_stage(state);
}

static void test_one_asks_and_all_workers_get_the_verdict(void **state)
{
    assert_int_equal(ask(0, 0, 'a'), '-');
    assert_int_equal(ask(1, 0, 'a'), '-');
    assert_int_equal(ask(2, 1, 'a'), '-');
    assert_true(leads(0) && !leads(1) && !leads(2));

    tell(0, "anna", CLOCK_S, 0);
    assert_int_equal(askers[0].state, '-'); /* never from inside */
    run_workers();
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(askers[i].state, 'h');
        check_user(i, "anna");
    }
    assert_int_equal(ask(3, 1, 'a'), 'h');
    check_user(3, "anna");
}

static void test_another_key_is_another_question(void **state)
{
    ask(0, 0, 'a');
    ask(1, 0, 'b');
    assert_true(leads(0) && leads(1));
    tell(0, "anna", CLOCK_S, 0);
    tell(1, "bert", CLOCK_S, 0);
    run_workers();
    check_user(0, "anna");
    check_user(1, "bert");
}

static void test_the_call_goes_on_when_the_one_who_began_it_leaves(void **state)
{
    ask(0, 0, 'a');
    ask(1, 1, 'a');
    struct verdict_lead *lead = askers[0].lead;
    leave(0);
    run_workers();
    assert_int_equal(askers[1].state, '-');
    assert_false(leads(1));

    askers[0].lead = lead;
    tell(0, "anna", CLOCK_S, 0);
    run_workers();
    assert_int_equal(askers[1].state, 'h');
}

static void test_everybody_leaves_and_the_verdict_is_there_for_the_next_one(void **state)
{
    ask(0, 0, 'a');
    ask(1, 1, 'a');
    struct verdict_lead *lead = askers[0].lead;
    leave(0);
    leave(1);
    askers[0].lead = lead;
    tell(0, "anna", CLOCK_S, 0);
    assert_int_equal(ask(2, 1, 'a'), 'h');
}

static void test_a_failure_is_for_all_who_wait_and_for_all_who_come_in_the_pause(void **state)
{
    ask(0, 0, 'a');
    ask(1, 1, 'a');
    fail_call(0);
    run_workers();
    assert_int_equal(askers[0].state, 'f');
    assert_int_equal(askers[1].state, 'f');
    assert_null(askers[1].ask->entry);
    assert_int_equal(ask(2, 1, 'a'), 'f');
    assert_false(leads(1) || leads(2));

    pass_time('a', VERDICT_PAUSE_NS);
    assert_int_equal(ask(3, 1, 'a'), '-');
    assert_true(leads(3));
    tell(3, "anna", CLOCK_S, 0);
    run_workers();
    assert_int_equal(askers[3].state, 'h');
}

static void test_a_call_that_fails_at_once_is_a_failure_like_any_other(void **state)
{
    fails_at_once = true;
    assert_int_equal(ask(0, 0, 'a'), '-');
    run_workers();
    assert_int_equal(askers[0].state, 'f');
}

/* When the time to live is over, one asks again. */
static void test_a_verdict_holds_for_its_time(void **state)
{
    ask(0, 0, 'a');
    tell(0, "anna", 10 * CLOCK_S, 0);
    run_workers();
    pass_time('a', 9 * CLOCK_S);
    assert_int_equal(ask(1, 0, 'a'), 'h');
    pass_time('a', CLOCK_S);
    assert_int_equal(ask(2, 0, 'a'), '-');
    assert_true(leads(2));
    tell(2, "bert", CLOCK_S, 0);
    run_workers();
    check_user(2, "bert");
}

static void test_an_old_verdict_may_be_used_when_the_call_fails(void **state)
{
    ask(0, 0, 'a');
    tell(0, "anna", 10 * CLOCK_S, 10 * CLOCK_S);
    run_workers();
    pass_time('a', 15 * CLOCK_S);
    assert_int_equal(ask(1, 0, 'a'), '-');
    ask(2, 1, 'a');
    fail_call(1);
    run_workers();
    assert_int_equal(askers[1].state, 's');
    assert_int_equal(askers[2].state, 's');
    check_user(2, "anna");
    assert_int_equal(ask(3, 1, 'a'), 's');
    check_user(3, "anna");

    pass_time('a', 2 * CLOCK_S); /* after the pause one asks again */
    ask(4, 0, 'a');
    assert_true(leads(4));
    fail_call(4);
    run_workers();
    assert_int_equal(askers[4].state, 's');

    pass_time('a', 4 * CLOCK_S); /* too old */
    ask(5, 0, 'a');
    fail_call(5);
    run_workers();
    assert_int_equal(askers[5].state, 'f');
}

static void test_who_has_no_more_time_gets_the_old_verdict_or_a_failure(void **state)
{
    ask(0, 0, 'a');
    tell(0, "anna", CLOCK_S, 10 * CLOCK_S);
    run_workers();
    pass_time('a', 2 * CLOCK_S);
    ask(1, 0, 'a');
    ask(2, 1, 'b');
    for (unsigned i = 1; i <= 2; i++)
        verdict_leave(askers[i].ask);
    assert_int_equal(letter_of(verdict_late(askers[1].ask)), 's');
    check_user(1, "anna");
    assert_int_equal(letter_of(verdict_late(askers[2].ask)), 'f');
    fail_call(1);
    fail_call(2);
    run_workers();
    assert_int_equal(askers[1].state, '-'); /* done is not called */
}

static void test_without_a_time_to_live_a_verdict_is_for_those_who_wait(void **state)
{
    ask(0, 0, 'a');
    ask(1, 1, 'a');
    tell(0, "anna", 0, 0);
    run_workers();
    assert_int_equal(askers[0].state, 'h');
    assert_int_equal(askers[1].state, 'h');
    pass_time('a', 1);
    assert_int_equal(ask(2, 1, 'a'), '-');
    assert_true(leads(2));
    fail_call(2);
}

static void test_when_a_call_is_given_up_the_next_one_makes_it(void **state)
{
    ask(0, 0, 'a');
    ask(1, 1, 'a');
    struct verdict_lead *lead = askers[0].lead;
    leave(0);
    verdict_drop(lead);
    run_workers();
    assert_int_equal(askers[1].state, '-');
    assert_true(leads(1));
    tell(1, "anna", CLOCK_S, 0);
    run_workers();
    assert_int_equal(askers[1].state, 'h');
}

/* A cache without room loses every verdict. Who has begun the call gets it nevertheless, and the
 * others do not ask for ever. */
static void test_a_full_cache_costs_calls_but_ends(void **state)
{
    cache_set_limit(stage.cache, 0);
    ask(0, 0, 'a');
    ask(1, 1, 'a');
    tell(0, "anna", CLOCK_S, 0);
    run_workers();
    assert_int_equal(askers[0].state, 'h');
    assert_true(leads(1));
    tell(1, "anna", CLOCK_S, 0);
    run_workers();
    assert_int_equal(askers[1].state, 'h');
}

static void test_verdicts_count_at_least_so_many_bytes_as_is_said(void **state)
{
    struct cache_entry *entry =
        verdict_new(&(struct verdict_parts){.status = 200, .bytes_least = 5000});

    assert_int_equal(entry->bytes, 5000);
    assert_null(verdict_field(entry, "user").at);
    cache_entry_release(entry);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_asks_and_all_workers_get_the_verdict),
        TEST(test_another_key_is_another_question),
        TEST(test_the_call_goes_on_when_the_one_who_began_it_leaves),
        TEST(test_everybody_leaves_and_the_verdict_is_there_for_the_next_one),
        TEST(test_a_failure_is_for_all_who_wait_and_for_all_who_come_in_the_pause),
        TEST(test_a_call_that_fails_at_once_is_a_failure_like_any_other),
        TEST(test_a_verdict_holds_for_its_time),
        TEST(test_an_old_verdict_may_be_used_when_the_call_fails),
        TEST(test_who_has_no_more_time_gets_the_old_verdict_or_a_failure),
        TEST(test_without_a_time_to_live_a_verdict_is_for_those_who_wait),
        TEST(test_when_a_call_is_given_up_the_next_one_makes_it),
        TEST(test_a_full_cache_costs_calls_but_ends),
        TEST(test_verdicts_count_at_least_so_many_bytes_as_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
