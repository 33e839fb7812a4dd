/* Tests of flights: one leads, the others wait for its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/cache_stage.h"

/* Somebody who waits. When the flight has ended, their name is added to the trace. */
struct waiter {
    struct cache_wait wait;
    char name;
    struct waiter *then_stops; /* it ends the wait of this one */
    unsigned again;            /* so many times it waits again */
    struct cache_slot *slot;
};

static char trace[64];

static struct cache_reader *reader(unsigned worker) { return stage.workers[worker].reader; }

static void ended(struct cache_wait *wait)
{
    struct waiter *waiter = H2O_STRUCT_FROM_MEMBER(struct waiter, wait, wait);

    trace[strlen(trace)] = waiter->name;
    if (waiter->then_stops != NULL)
        cache_wait_end(&waiter->then_stops->wait);
    if (waiter->again > 0) {
        waiter->again--;
        cache_wait_begin(reader(0), wait, waiter->slot, ended);
    }
}

static void wait_for(unsigned worker, struct waiter *waiter, struct cache_slot *slot, char name)
{
    *waiter = (struct waiter){.name = name, .slot = slot};
    cache_wait_begin(reader(worker), &waiter->wait, slot, ended);
}

/* Those whose wait has ended since the last time, while all workers ran. */
static const char *ends(void)
{
    static char copy[sizeof(trace)];

    run_workers();
    memcpy(copy, trace, sizeof(copy));
    memset(trace, 0, sizeof(trace));
    return copy;
}

static void test_one_leads_and_all_others_get_its_entry(void **state)
{
    struct cache_slot *slots[WORKERS] = {find(0, "/a"), find(1, "/a")};
    struct waiter waiters[3];

    assert_ptr_equal(slots[0], slots[1]);
    assert_true(cache_slot_lead(slots[0]));
    assert_false(cache_slot_lead(slots[0]));
    assert_false(cache_slot_lead(slots[1]));
    wait_for(0, &waiters[0], slots[0], 'a');
    wait_for(1, &waiters[1], slots[1], 'b');
    wait_for(1, &waiters[2], slots[1], 'c');
    assert_string_equal(ends(), "");

    struct cache_entry *entry = make_entry("/a", 'x', 1);
    cache_slot_end(slots[0], entry);
    cache_entry_release(entry);
    assert_string_equal(trace, ""); /* never from inside */
    assert_string_equal(ends(), "abc");
    assert_string_equal(ends(), "");
    assert_int_equal(stored(1, "/a"), 'x');
    for (size_t i = 0; i < WORKERS; i++)
        cache_slot_release(slots[i]);
}

static void test_after_a_failure_one_of_those_who_waited_leads(void **state)
{
    struct cache_slot *slot = find(0, "/a");
    struct waiter waiters[2];

    assert_true(cache_slot_lead(slot));
    wait_for(0, &waiters[0], slot, 'a');
    wait_for(1, &waiters[1], slot, 'b');
    cache_slot_end(slot, NULL);
    assert_string_equal(ends(), "ab");
    assert_null(cache_slot_entry(slot));
    assert_true(cache_slot_lead(slot));
    assert_false(cache_slot_lead(slot));
    wait_for(1, &waiters[1], slot, 'b');
    store_entry(0, "/b", make_entry("/b", 'y', 1)); /* of another slot */
    assert_string_equal(ends(), "");
    cache_slot_end(slot, NULL);
    assert_string_equal(ends(), "b");
    cache_slot_release(slot);
}

static void test_a_failure_keeps_the_old_entry(void **state)
{
    store(0, "/a", 'x');
    struct cache_slot *slot = find(0, "/a");

    assert_true(cache_slot_lead(slot));
    cache_slot_end(slot, NULL);
    cache_slot_release(slot);
    assert_int_equal(stored(1, "/a"), 'x');
}

static void test_a_wait_that_begins_after_the_end_ends_at_once(void **state)
{
    struct cache_slot *slot = find(0, "/a");
    struct waiter waiters[2];

    wait_for(0, &waiters[0], slot, 'a'); /* there was no flight at all */
    assert_string_equal(trace, "");
    assert_string_equal(ends(), "a");
    assert_true(cache_slot_lead(slot));
    cache_slot_end(slot, NULL);
    wait_for(1, &waiters[1], slot, 'b');
    assert_string_equal(trace, "");
    assert_string_equal(ends(), "b");
    cache_slot_release(slot);
}

/* The wait ends with the flight for which it began, though another one is under way when the
 * worker wakes. A wait for that one goes on. */
static void test_a_wait_ends_with_its_own_flight(void **state)
{
    struct cache_slot *slot = find(0, "/a");
    struct waiter waiters[2];

    assert_true(cache_slot_lead(slot));
    wait_for(0, &waiters[0], slot, 'a');
    cache_slot_end(slot, NULL);
    assert_true(cache_slot_lead(slot));
    wait_for(0, &waiters[1], slot, 'b');
    assert_string_equal(ends(), "a");
    cache_slot_end(slot, NULL);
    assert_string_equal(ends(), "b");
    cache_slot_release(slot);
}

static void test_a_flight_may_be_slow_and_the_next_one_is_not(void **state)
{
    struct cache_slot *slot = find(0, "/a");

    assert_false(cache_slot_is_slow(slot));
    cache_slot_tell_slow(slot);
    assert_false(cache_slot_is_slow(slot)); /* none is under way */
    assert_true(cache_slot_lead(slot));
    assert_false(cache_slot_is_slow(slot));
    cache_slot_tell_slow(slot);
    assert_true(cache_slot_is_slow(slot));
    cache_slot_end(slot, NULL);
    assert_false(cache_slot_is_slow(slot));
    assert_true(cache_slot_lead(slot));
    assert_false(cache_slot_is_slow(slot));
    cache_slot_end(slot, NULL);
    cache_slot_release(slot);
}

static void test_a_wait_may_stop(void **state)
{
    struct cache_slot *slot = find(0, "/a");
    struct waiter waiters[3];

    assert_true(cache_slot_lead(slot));
    for (size_t i = 0; i < 3; i++)
        wait_for(1, &waiters[i], slot, (char)('a' + i));
    cache_wait_end(&waiters[1].wait);
    cache_wait_end(&waiters[1].wait);
    waiters[0].then_stops = &waiters[2]; /* from inside its callback */
    cache_slot_end(slot, NULL);
    assert_string_equal(ends(), "a");
    cache_slot_release(slot);
}

static void test_who_waits_again_from_the_callback_waits_for_the_next_end(void **state)
{
    struct cache_slot *slot = find(0, "/a");
    struct waiter waiter;

    assert_true(cache_slot_lead(slot));
    wait_for(0, &waiter, slot, 'a');
    waiter.again = 1;
    cache_slot_end(slot, NULL);
    assert_true(cache_slot_lead(slot));
    assert_string_equal(ends(), "a");
    cache_slot_end(slot, NULL);
    assert_string_equal(ends(), "a");
    cache_slot_release(slot);
}

/* A wait has its own reference to the slot. */
static void test_a_slot_stays_while_somebody_waits(void **state)
{
    struct cache_slot *slot = find(0, "/a");
    struct waiter waiter;

    assert_true(cache_slot_lead(slot));
    wait_for(1, &waiter, slot, 'a');
    assert_int_equal(cache_read(stage.cache).slots, 1);
    cache_slot_end(slot, NULL);
    cache_slot_release(slot);
    assert_int_equal(cache_read(stage.cache).slots, 1);
    assert_string_equal(ends(), "a");
    assert_int_equal(cache_read(stage.cache).slots, 0);
}

static void test_with_a_limit_of_zero_a_flight_ends_without_an_entry(void **state)
{
    cache_set_limit(stage.cache, 0);
    struct cache_slot *slot = find(0, "/a");
    struct waiter waiter;

    assert_true(cache_slot_lead(slot));
    assert_false(cache_slot_lead(slot));
    wait_for(1, &waiter, slot, 'a');
    struct cache_entry *entry = make_entry("/a", 'x', 1);
    cache_slot_end(slot, entry);
    cache_entry_release(entry);
    assert_string_equal(ends(), "a");
    assert_null(cache_slot_entry(slot));
    cache_slot_release(slot);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_stage, end_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_leads_and_all_others_get_its_entry),
        TEST(test_after_a_failure_one_of_those_who_waited_leads),
        TEST(test_a_failure_keeps_the_old_entry),
        TEST(test_a_wait_that_begins_after_the_end_ends_at_once),
        TEST(test_a_wait_ends_with_its_own_flight),
        TEST(test_a_flight_may_be_slow_and_the_next_one_is_not),
        TEST(test_a_wait_may_stop),
        TEST(test_who_waits_again_from_the_callback_waits_for_the_next_end),
        TEST(test_a_slot_stays_while_somebody_waits),
        TEST(test_with_a_limit_of_zero_a_flight_ends_without_an_entry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
