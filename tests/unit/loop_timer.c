/* Tests of timers: which timers fire, when, in which order, and when the loop must wake up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/loop/timer.h"

static int64_t asked_for[64];
static size_t asked;
static struct timer *fired[512];
static size_t fired_count;

static void wake_at(struct timers *timers, int64_t at_ns)
{
    assert_true(asked < 64);
    asked_for[asked++] = at_ns;
}

static void note(struct timer *timer) { fired[fired_count++] = timer; }

static struct timers timers;

static int begin(void **state)
{
    timers_init(&timers, wake_at);
    asked = fired_count = 0;
    return 0;
}

static int finish(void **state)
{
    timers_dispose(&timers);
    return 0;
}

static void test_order(void **state)
{
    struct timer a = {.fire = note}, b = {.fire = note}, c = {.fire = note};

    timer_set(&timers, &a, 30);
    timer_set(&timers, &b, 10);
    timer_set(&timers, &c, 20);
    timers_run(&timers, 9);
    assert_int_equal(fired_count, 0);
    timers_run(&timers, 20);
    assert_int_equal(fired_count, 2);
    assert_ptr_equal(fired[0], &b);
    assert_ptr_equal(fired[1], &c);
    timers_run(&timers, 30);
    assert_ptr_equal(fired[2], &a);
    assert_false(timer_is_set(&a));
}

static void test_wake_ups_are_asked_for_sparingly(void **state)
{
    struct timer early = {.fire = note}, late = {.fire = note};

    timer_set(&timers, &early, 100);
    timer_set(&timers, &late, 200);
    timer_clear(&timers, &early);
    timer_set(&timers, &early, 150);
    assert_int_equal(asked, 1); /* the wake-up at 100 stands: one more is not worth a call */
    timers_run(&timers, 100);
    assert_int_equal(fired_count, 0);
    assert_int_equal(asked, 2);
    assert_int_equal(asked_for[1], 150);
    timer_clear(&timers, &early);
    timer_clear(&timers, &late);
    timer_clear(&timers, &late);
}

static void test_moving(void **state)
{
    struct timer a = {.fire = note}, b = {.fire = note};

    timer_set(&timers, &a, 10);
    timer_set(&timers, &b, 20);
    timer_set(&timers, &a, 30);
    timers_run(&timers, 25);
    assert_int_equal(fired_count, 1);
    assert_ptr_equal(fired[0], &b);
    timer_clear(&timers, &a);
}

static void again(struct timer *timer)
{
    note(timer);
    timer_set(&timers, timer, 0);
}

static void test_one_that_sets_itself_does_not_starve_the_loop(void **state)
{
    struct timer a = {.fire = again};

    timer_set(&timers, &a, 5);
    timers_run(&timers, 10);
    assert_int_equal(fired_count, 1);
    assert_true(timer_is_set(&a));
    timer_clear(&timers, &a);
}

static struct timer other;

static void clear_other(struct timer *timer)
{
    note(timer);
    timer_clear(&timers, &other);
}

static void test_one_may_clear_another_that_is_due(void **state)
{
    struct timer a = {.fire = clear_other};

    other = (struct timer){.fire = note};
    timer_set(&timers, &a, 1);
    timer_set(&timers, &other, 2);
    timers_run(&timers, 3);
    assert_int_equal(fired_count, 1);
}

/* Against a plain search, with a fixed seed. */
static void test_many(void **state)
{
    struct timer many[256] = {0};
    unsigned seed = 7;

    for (int round = 0; round < 2000; round++) {
        struct timer *timer = &many[rand_r(&seed) % 256];
        timer->fire = note;
        if (rand_r(&seed) % 3 == 0)
            timer_clear(&timers, timer);
        else
            timer_set(&timers, timer, rand_r(&seed) % 1000);
        asked = 0;
    }
    size_t set = timers.count;
    timers_run(&timers, 1000);
    assert_int_equal(fired_count, set);
    for (size_t i = 1; i < fired_count; i++)
        assert_true(fired[i - 1]->at_ns <= fired[i]->at_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_order, begin, finish),
        cmocka_unit_test_setup_teardown(test_wake_ups_are_asked_for_sparingly, begin, finish),
        cmocka_unit_test_setup_teardown(test_moving, begin, finish),
        cmocka_unit_test_setup_teardown(test_one_that_sets_itself_does_not_starve_the_loop, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(test_one_may_clear_another_that_is_due, begin, finish),
        cmocka_unit_test_setup_teardown(test_many, begin, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
