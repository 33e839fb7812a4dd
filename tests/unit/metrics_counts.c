/* Tests of the counts by name: what several workers have counted is added up, the number of cells
 * and names is bounded, and the counts live as long as somebody holds them. Several threads count
 * while another one reads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/observe/metrics_names.h"
#include "bff/observe/metrics_set.h"

#define WORKERS 3
#define TIMES 20000

static struct registry *registry;

static int begin(void **state)
{
    registry = registry_new();
    return 0;
}

static int finish(void **state)
{
    registry_free(registry); /* which says whether it is empty */
    return 0;
}

static void test_buckets(void **state)
{
    static const struct {
        int64_t took_ns;
        unsigned want;
    } cases[] = {{0, 0},       {5 * CLOCK_MS, 0},  {5 * CLOCK_MS + 1, 1},
                 {CLOCK_S, 9}, {10 * CLOCK_S, 13}, {10 * CLOCK_S + 1, 14},
                 {-1, 0}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(histogram_bucket(cases[i].took_ns), cases[i].want);
}

static void count(struct metrics_set *set, unsigned worker, uint32_t key, struct text trace,
                  int64_t now_ns)
{
    struct metrics_shard *shard = metrics_set_shard(set, worker);

    metrics_set_add(metrics_set_cell(shard, key), 7 * CLOCK_MS, trace, now_ns);
    metrics_set_count(shard, 1);
}

static void test_workers_are_added_up(void **state)
{
    struct metrics_set *set = metrics_set_hold(registry, TEXT("pattern /a"));
    struct text old = TEXT("0123456789abcdef0123456789abcdef");
    struct text newer = TEXT("fedcba9876543210fedcba9876543210");
    static struct metrics_set_sum sums[METRICS_SET_SUMS];

    count(set, 0, 9, newer, 2000);
    count(set, 1, 9, old, 1000);
    count(set, 1, 3, (struct text){0}, 0);
    assert_int_equal(metrics_set_sums(set, sums, METRICS_SET_SUMS), 2);
    assert_int_equal(sums[0].key, 3);
    assert_int_equal(sums[0].histogram.buckets[1], 1);
    assert_int_equal(sums[0].histogram.exemplars[1].at_ns, 0);
    assert_int_equal(sums[1].histogram.buckets[1], 2);
    assert_int_equal(sums[1].histogram.sum_ns, 14 * CLOCK_MS);
    assert_memory_equal(sums[1].histogram.exemplars[1].trace, newer.at, newer.len);
    assert_int_equal(metrics_set_counter(set, 1), 3);
    registry_release(set);
}

static void test_counts_survive_while_they_are_held(void **state)
{
    struct metrics_set *before = metrics_set_hold(registry, TEXT("pattern /a"));
    struct metrics_set *after;

    count(before, 0, 1, (struct text){0}, 0);
    after = metrics_set_hold(registry, TEXT("pattern /a"));
    registry_release(before);
    assert_int_equal(metrics_set_counter(after, 1), 1);
    registry_release(after);
    after = metrics_set_hold(registry, TEXT("pattern /a"));
    assert_int_equal(metrics_set_counter(after, 1), 0);
    registry_release(after);
}

static void test_cells_are_bounded(void **state)
{
    struct metrics_set *set = metrics_set_hold(registry, TEXT("pattern /a"));
    static struct metrics_set_sum sums[METRICS_SET_SUMS];
    uint64_t all = 0;

    for (uint32_t key = 0; key < 1000; key++)
        for (unsigned worker = 0; worker < WORKERS; worker++)
            count(set, worker, key + 1000 * worker, (struct text){0}, 0);
    size_t found = metrics_set_sums(set, sums, METRICS_SET_SUMS);
    assert_in_range(found, METRICS_SET_SUMS - 1, METRICS_SET_SUMS);
    assert_int_equal(sums[found - 1].key, METRICS_SET_OTHER);
    for (size_t i = 0; i < found; i++)
        all += sums[i].histogram.buckets[1];
    assert_int_equal(all, 3000);
    registry_release(set);
}

static void test_names_are_bounded(void **state)
{
    struct metrics_names *names = metrics_names_hold(registry, TEXT("api keys"));
    struct pool *pool = pool_new();
    size_t found;
    uint64_t other = 0, all = 0;
    char name[32];

    for (unsigned worker = 0; worker < 2; worker++)
        for (int i = 0; i < 2000; i++) {
            int len = snprintf(name, sizeof(name), "key-%d", i);
            metrics_names_add(metrics_names_shard(names, worker), (struct text){name, (size_t)len});
        }
    struct metrics_names_sum *sums = metrics_names_sums(names, pool, &found);
    assert_int_equal(found, METRICS_NAMES_MOST + 1);
    for (size_t i = 0; i < found; i++) {
        all += sums[i].count;
        other += text_is(sums[i].name, METRICS_NAMES_OTHER) ? sums[i].count : 0;
    }
    assert_int_equal(all, 4000);
    assert_int_equal(other, 4000 - 2 * METRICS_NAMES_MOST);
    pool_free(pool);
    registry_release(names);
}

/* Threads. Each exemplar has one digit only, so that a torn one is found. */

static struct metrics_set *shared;

static void *work(void *cookie)
{
    unsigned worker = *(const unsigned *)cookie;
    char trace[TRACEPARENT_TRACE_DIGITS];

    for (int i = 0; i < TIMES; i++) {
        memset(trace, 'a' + i % 6, sizeof(trace));
        count(shared, worker, (uint32_t)i % 5, (struct text){trace, sizeof(trace)}, i + 1);
    }
    return NULL;
}

static void assert_whole(const struct metrics_set_sum *sum)
{
    const char *trace = sum->histogram.exemplars[1].trace;

    if (sum->histogram.exemplars[1].at_ns == 0)
        return;
    for (size_t i = 1; i < TRACEPARENT_TRACE_DIGITS; i++)
        assert_int_equal(trace[i], trace[0]);
}

static void test_a_reader_sees_whole_exemplars_and_counts_that_rise(void **state)
{
    static struct metrics_set_sum sums[METRICS_SET_SUMS];
    pthread_t threads[WORKERS];
    unsigned numbers[WORKERS];
    uint64_t before = 0, now = 0;

    shared = metrics_set_hold(registry, TEXT("pattern /a"));
    for (unsigned i = 0; i < WORKERS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &numbers[i]), 0);
    }
    while (now < (uint64_t)WORKERS * TIMES) {
        size_t found = metrics_set_sums(shared, sums, METRICS_SET_SUMS);
        now = 0;
        for (size_t i = 0; i < found; i++) {
            assert_whole(&sums[i]);
            now += sums[i].histogram.buckets[1];
        }
        assert_true(now >= before);
        before = now;
    }
    for (unsigned i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(metrics_set_counter(shared, 1), WORKERS * TIMES);
    registry_release(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buckets),
        cmocka_unit_test_setup_teardown(test_workers_are_added_up, begin, finish),
        cmocka_unit_test_setup_teardown(test_counts_survive_while_they_are_held, begin, finish),
        cmocka_unit_test_setup_teardown(test_cells_are_bounded, begin, finish),
        cmocka_unit_test_setup_teardown(test_names_are_bounded, begin, finish),
        cmocka_unit_test_setup_teardown(test_a_reader_sees_whole_exemplars_and_counts_that_rise,
                                        begin, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
