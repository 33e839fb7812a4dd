/* Tests of the ring, into which one thread puts lines and from which another takes them. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/base/log_ring.h"

#define SIZE 16

static struct log_ring ring;

static int begin(void **state)
{
    log_ring_init(&ring, SIZE);
    return 0;
}

static int finish(void **state)
{
    log_ring_dispose(&ring);
    return 0;
}

static bool put(const char *line) { return log_ring_put(&ring, text_of(line)); }

/* All that is in it, in as many pieces as it takes. */
static void expect(const char *want)
{
    while (*want != '\0') {
        struct text piece = log_ring_peek(&ring, SIZE);
        assert_int_not_equal(piece.len, 0);
        assert_true(text_starts(text_of(want), piece));
        log_ring_take(&ring, piece.len);
        want += piece.len;
    }
    assert_int_equal(log_ring_used(&ring), 0);
}

static void test_lines_come_out_as_they_went_in(void **state)
{
    assert_int_equal(log_ring_peek(&ring, SIZE).len, 0);
    for (int round = 0; round < 20; round++) {
        assert_true(put("one\n"));
        assert_true(put("twenty\n"));
        expect("one\ntwenty\n");
    }
}

static void test_a_full_one_drops_and_counts(void **state)
{
    assert_true(put("12345678901234\n"));
    assert_false(put("a\n"));
    assert_true(put("\n"));
    assert_false(put("\n"));
    assert_int_equal(ring.dropped, 2);
    expect("12345678901234\n\n");
    assert_true(put("123456789012345\n"));
    expect("123456789012345\n");
    assert_int_equal(ring.dropped, 2);
}

static void test_what_never_fits_is_dropped(void **state)
{
    assert_false(put("1234567890123456\n"));
    assert_int_equal(ring.dropped, 1);
    assert_int_equal(log_ring_used(&ring), 0);
}

static void test_a_part_may_be_taken(void **state)
{
    assert_true(put("abcdef\n"));
    assert_true(text_is(log_ring_peek(&ring, 3), "abc"));
    log_ring_take(&ring, 2);
    expect("cdef\n");
}

#define LINES 100000

static void *put_numbers(void *cookie)
{
    char line[SIZE];

    for (int i = 0; i < LINES; i++) {
        snprintf(line, sizeof(line), "%d\n", i);
        while (!put(line))
            sched_yield();
    }
    return NULL;
}

/* Under ThreadSanitizer this is what proves the ring; without it, on weak machines only. */
static void test_two_threads(void **state)
{
    pthread_t thread;
    long next = 0, number = 0;

    assert_int_equal(pthread_create(&thread, NULL, put_numbers, NULL), 0);
    while (next < LINES) {
        struct text piece = log_ring_peek(&ring, SIZE);
        if (piece.len == 0)
            sched_yield();
        for (size_t i = 0; i < piece.len; i++) {
            if (piece.at[i] != '\n') {
                number = number * 10 + (piece.at[i] - '0');
                continue;
            }
            assert_int_equal(number, next);
            number = 0;
            next++;
        }
        log_ring_take(&ring, piece.len);
    }
    pthread_join(thread, NULL);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lines_come_out_as_they_went_in),
        TEST(test_a_full_one_drops_and_counts),
        TEST(test_what_never_fits_is_dropped),
        TEST(test_a_part_may_be_taken),
        TEST(test_two_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
