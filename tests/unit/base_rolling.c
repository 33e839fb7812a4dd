/* Tests of the counts over the last seconds: which buckets are in the window, counts that are taken
 * out again, and additions of several threads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/rolling.h"

#define BUCKET_NS INT64_C(1000)
#define START_NS (12345 * BUCKET_NS)
#define WINDOW_NS (ROLLING_BUCKETS * BUCKET_NS)
#define MOST 1048575

#define ONE(first_count, second_count) ((struct rolling_counts){first_count, second_count})

static struct rolling rolling;

static int begin(void **state)
{
    rolling = (struct rolling){0};
    return 0;
}

static void expect(int64_t at_ns, uint32_t first, uint32_t second)
{
    struct rolling_counts sum = rolling_sum(&rolling, BUCKET_NS, at_ns);

    assert_int_equal(sum.first, first);
    assert_int_equal(sum.second, second);
}

static void test_a_bucket_leaves_the_window_as_a_whole(void **state)
{
    rolling_add(&rolling, BUCKET_NS, START_NS, ONE(1, 0));
    rolling_add(&rolling, BUCKET_NS, START_NS + BUCKET_NS - 1, ONE(2, 5));
    rolling_add(&rolling, BUCKET_NS, START_NS + BUCKET_NS, ONE(10, 0));
    expect(START_NS - 1, 0, 0);
    expect(START_NS + BUCKET_NS - 1, 3, 5);
    expect(START_NS + WINDOW_NS - 1, 13, 5);
    expect(START_NS + WINDOW_NS, 10, 0);
    expect(START_NS + WINDOW_NS + BUCKET_NS, 0, 0);
}

static void test_an_old_bucket_is_replaced(void **state)
{
    rolling_add(&rolling, BUCKET_NS, START_NS, ONE(7, 7));
    rolling_add(&rolling, BUCKET_NS, START_NS + WINDOW_NS, ONE(1, 2));
    expect(START_NS + WINDOW_NS, 1, 2);
}

static void test_it_counts_from_time_zero(void **state)
{
    rolling_add(&rolling, BUCKET_NS, 0, ONE(1, 1));
    expect(0, 1, 1);
    expect(WINDOW_NS - 1, 1, 1);
}

static void test_a_count_is_taken_out_of_the_bucket_where_it_was_added(void **state)
{
    rolling_add(&rolling, BUCKET_NS, START_NS, ONE(2, 1));
    rolling_add(&rolling, BUCKET_NS, START_NS + BUCKET_NS, ONE(2, 1));
    rolling_take(&rolling, BUCKET_NS, START_NS, ONE(1, 0));
    expect(START_NS + BUCKET_NS, 3, 2);
    expect(START_NS + WINDOW_NS, 2, 1);
}

static void test_nothing_is_taken_out_of_another_bucket(void **state)
{
    rolling_add(&rolling, BUCKET_NS, START_NS + WINDOW_NS, ONE(2, 0));
    rolling_take(&rolling, BUCKET_NS, START_NS, ONE(1, 0));
    expect(START_NS + WINDOW_NS, 2, 0);
    rolling_take(&rolling, BUCKET_NS, START_NS + WINDOW_NS, ONE(3, 1));
    expect(START_NS + WINDOW_NS, 0, 0);
}

static void test_a_full_bucket_keeps_the_ratio_of_its_counts(void **state)
{
    rolling_add(&rolling, BUCKET_NS, START_NS, ONE(MOST, 500000));
    expect(START_NS, MOST, 500000);
    rolling_add(&rolling, BUCKET_NS, START_NS, ONE(1, 0));
    expect(START_NS, (MOST + 1) / 2, 250000);
    rolling_add(&rolling, BUCKET_NS, START_NS, ONE(0, 3000000));
    expect(START_NS, (MOST + 1) / 8, 3250000 / 4);
}

#define THREADS 4
#define ADDITIONS 20000

static void *add(void *cookie)
{
    for (int i = 0; i < ADDITIONS; i++) {
        int64_t at_ns = START_NS + i % ROLLING_BUCKETS * BUCKET_NS;
        rolling_add(&rolling, BUCKET_NS, at_ns, ONE(2, 1));
        rolling_take(&rolling, BUCKET_NS, at_ns, ONE(1, 0));
    }
    return NULL;
}

static void test_no_addition_of_a_thread_is_lost(void **state)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    expect(START_NS + WINDOW_NS - 1, THREADS * ADDITIONS, THREADS * ADDITIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_bucket_leaves_the_window_as_a_whole, begin),
        cmocka_unit_test_setup(test_an_old_bucket_is_replaced, begin),
        cmocka_unit_test_setup(test_it_counts_from_time_zero, begin),
        cmocka_unit_test_setup(test_a_count_is_taken_out_of_the_bucket_where_it_was_added, begin),
        cmocka_unit_test_setup(test_nothing_is_taken_out_of_another_bucket, begin),
        cmocka_unit_test_setup(test_a_full_bucket_keeps_the_ratio_of_its_counts, begin),
        cmocka_unit_test_setup(test_no_addition_of_a_thread_is_lost, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
