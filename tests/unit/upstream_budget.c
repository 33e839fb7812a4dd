/* The budgets of retries and hedges: how much is left, over time and with several workers. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/upstream/service_state.h"

#define SECOND_NS SERVICE_STATE_BUCKET_NS

static struct rolling spent;
static const struct service_state_budget fifth = {.percent = 20, .reserve = 0};
static const struct service_state_budget ten = {.percent = 0, .reserve = 10};

static int begin(void **state)
{
    spent = (struct rolling){0};
    return 0;
}

static void earn(unsigned calls, int64_t now_ns)
{
    while (calls-- > 0)
        service_state_earn(&spent, now_ns);
}

/* Takes all that is left. */
static unsigned spend(const struct service_state_budget *budget, int64_t now_ns)
{
    unsigned count = 0;

    while (service_state_spend(&spent, budget, now_ns))
        count++;
    return count;
}

static void test_the_larger_limit_holds(void **state)
{
    static const struct {
        unsigned calls, percent, reserve, retries;
    } cases[] = {
        {0, 20, 10, 10},  {49, 20, 10, 10}, {50, 20, 10, 10}, {55, 20, 10, 11},
        {100, 20, 0, 20}, {4, 20, 0, 0},    {5, 20, 0, 1},    {19, 5, 0, 0},
        {20, 5, 0, 1},    {39, 5, 0, 1},    {1000, 0, 0, 0},  {1000, 100, 0, 1000},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin(state);
        earn(cases[i].calls, 0);
        assert_int_equal(
            spend(&(struct service_state_budget){cases[i].percent, cases[i].reserve}, 0),
            cases[i].retries);
    }
}

static void test_what_was_spent_comes_back_after_ten_seconds(void **state)
{
    assert_int_equal(spend(&ten, 0), 10);
    assert_int_equal(spend(&ten, 9 * SECOND_NS), 0);
    assert_int_equal(spend(&ten, 10 * SECOND_NS), 10);
}

/* The calls of the first second leave the window, and so do its retries. */
static void test_old_calls_are_no_budget(void **state)
{
    earn(100, 0);
    assert_int_equal(spend(&fifth, 5 * SECOND_NS), 20);
    earn(100, 9 * SECOND_NS);
    assert_int_equal(spend(&fifth, 9 * SECOND_NS), 20);
    assert_int_equal(spend(&fifth, 10 * SECOND_NS), 0); /* 100 calls and 40 retries are left */
    assert_int_equal(spend(&fifth, 15 * SECOND_NS), 0); /* 100 calls and 20 retries */
}

static void *spend_many(void *taken)
{
    for (unsigned i = 0; i < 50000; i++) {
        if (i % 5 == 0)
            earn(1, i / 20000 * SECOND_NS);
        *(unsigned *)taken += service_state_spend(&spent, &fifth, i / 20000 * SECOND_NS);
    }
    return NULL;
}

static void test_several_workers_never_take_too_much(void **state)
{
    pthread_t threads[4];
    unsigned taken[4] = {0}, all = 0;

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, spend_many, &taken[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        all += taken[i];
    }
    /* A thread that is behind the others adds to buckets that have gone, so less than all is taken.
     */
    assert_true(all <= 40000 / 5 && all > 40000 / 5 / 8);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_larger_limit_holds),
        TEST(test_what_was_spent_comes_back_after_ten_seconds),
        TEST(test_old_calls_are_no_budget),
        TEST(test_several_workers_never_take_too_much),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
