/* Tests of the recorder's lists: numbers, limits, and many threads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/base/memory.h"
#include "bff/record/record.h"

#define MOST 5
#define THREADS 4
#define ROUNDS 5000

static struct registry *registry;
static struct record *record;

static int begin(void **state)
{
    registry = registry_new();
    record = record_hold(registry);
    record_configure(record, &(struct record_settings){.requests = MOST, .bytes = 1000});
    return 0;
}

static int end(void **state)
{
    registry_release(record);
    registry_free(registry);
    return 0;
}

static struct record_entry *entry_of(size_t bytes)
{
    struct record_entry *entry = memory_new(sizeof(*entry));

    atomic_init(&entry->references, 1);
    entry->bytes = bytes;
    return entry;
}

static void add(unsigned worker, size_t bytes) { record_add(record, worker, entry_of(bytes)); }

/* Checks that record_last returns the numbers from ${first} to ${last}. */
static void check_last(uint64_t after, size_t most, uint64_t first, uint64_t last)
{
    struct record_entry *entries[MOST];
    size_t count = record_last(record, after, most, entries);

    assert_int_equal(count, last - first + 1);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(entries[i]->number, first + i);
        record_entry_release(entries[i]);
    }
}

static void test_requests_of_all_workers_are_in_one_order(void **state)
{
    add(0, 1), add(3, 1), add(1, 1), add(0, 1);
    check_last(0, MOST, 1, 4);
    check_last(0, 2, 3, 4);
    check_last(1, 2, 2, 3);
    check_last(4, MOST, 5, 4);
}

static void test_the_oldest_of_all_workers_goes(void **state)
{
    add(2, 1), add(0, 1), add(0, 1), add(1, 1), add(2, 1), add(0, 1), add(0, 1);
    check_last(0, MOST, 3, 7);
    assert_null(record_find(record, 2));
}

static void test_bytes_are_limited(void **state)
{
    size_t count;

    add(0, 400), add(1, 400), add(2, 300);
    check_last(0, MOST, 2, 3);
    assert_int_equal(record_bytes(record, &count), 700);
    assert_int_equal(count, 2);
    add(0, 2000);
    assert_int_equal(record_bytes(record, &count), 0);
}

static void test_a_reference_outlives_the_list(void **state)
{
    add(0, 1);
    struct record_entry *found = record_find(record, 1);
    for (int i = 0; i < MOST; i++)
        add(0, 1);
    assert_null(record_find(record, 1));
    assert_int_equal(found->number, 1);
    record_entry_release(found);
}

static void test_a_lower_limit_counts_for_the_next_request(void **state)
{
    add(0, 1), add(1, 1), add(0, 1);
    record_configure(record, &(struct record_settings){.requests = 2, .bytes = 1000});
    add(0, 1);
    check_last(0, MOST, 3, 4);
}

static void *add_again_and_again(void *worker)
{
    for (int i = 0; i < ROUNDS; i++)
        add((unsigned)(uintptr_t)worker, 1);
    return NULL;
}

static void test_many_threads(void **state)
{
    pthread_t threads[THREADS];
    struct record_entry *entries[MOST];
    size_t requests;

    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_again_and_again, (void *)i), 0);
    for (uint64_t seen = 0; seen < THREADS * ROUNDS;) {
        size_t count = record_last(record, seen, MOST, entries);
        for (size_t i = 0; i < count; i++) {
            assert_true(entries[i]->number > seen);
            seen = entries[i]->number;
            record_entry_release(entries[i]);
        }
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(record_bytes(record, &requests), MOST);
    assert_int_equal(requests, MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_requests_of_all_workers_are_in_one_order, begin, end),
        cmocka_unit_test_setup_teardown(test_the_oldest_of_all_workers_goes, begin, end),
        cmocka_unit_test_setup_teardown(test_bytes_are_limited, begin, end),
        cmocka_unit_test_setup_teardown(test_a_reference_outlives_the_list, begin, end),
        cmocka_unit_test_setup_teardown(test_a_lower_limit_counts_for_the_next_request, begin, end),
        cmocka_unit_test_setup_teardown(test_many_threads, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
