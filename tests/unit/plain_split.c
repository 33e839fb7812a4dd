/* Tests of splits: exact counts without a key, and who stays where with a key. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/proxy/plain_split.h"

#define KEYS 20000
#define THREADS 4

static const struct bff_service stable = {.name = "products"};
static const struct bff_service canary = {.name = "products-canary"};
static const struct bff_service third = {.name = "products-third"};

static struct plain_split split_of(struct pool *pool, struct plain_split_row *rows, size_t count)
{
    struct plain_split split = {.rows = rows, .count = count};

    plain_split_prepare(&split, pool);
    return split;
}

static void test_turns_are_exact_in_every_period(void **state)
{
    struct plain_split_row rows[] = {{.service = &stable, .weight = 95},
                                     {.service = &canary, .weight = 5},
                                     {.service = &third, .weight = 0}};
    struct pool *pool = pool_new();
    struct plain_split split = split_of(pool, rows, 3);
    size_t counts[3] = {0}, apart = 0;

    assert_int_equal(split.period, 20); /* 19 : 1 */
    for (size_t i = 0; i < 1000; i++) {
        size_t at = plain_split_by_turn(&split);
        apart = at == 1 ? 0 : apart + 1;
        assert_true(apart < 20); /* smooth: never all of one service, and then all of the other */
        counts[at]++;
    }
    assert_int_equal(counts[0], 950);
    assert_int_equal(counts[1], 50);
    assert_int_equal(counts[2], 0);
    pool_free(pool);
}

struct taker {
    pthread_t thread;
    const struct plain_split *split;
    size_t counts[2];
};

static void *take(void *cookie)
{
    struct taker *taker = cookie;

    for (size_t i = 0; i < 5000; i++)
        taker->counts[plain_split_by_turn(taker->split)]++;
    return NULL;
}

static void test_turns_are_exact_over_all_threads(void **state)
{
    struct plain_split_row rows[] = {{.service = &stable, .weight = 9},
                                     {.service = &canary, .weight = 1}};
    struct pool *pool = pool_new();
    struct plain_split split = split_of(pool, rows, 2);
    struct taker takers[THREADS] = {0};
    size_t second = 0;

    for (size_t i = 0; i < THREADS; i++) {
        takers[i].split = &split;
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take, &takers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(takers[i].thread, NULL), 0);
        second += takers[i].counts[1];
    }
    assert_int_equal(second, THREADS * 5000 / 10);
    pool_free(pool);
}

static size_t of_key(const struct plain_split *split, size_t number)
{
    char key[32];

    snprintf(key, sizeof(key), "user-%zu", number);
    return plain_split_by_key(split, text_of(key));
}

static void test_keys_stay_when_the_canary_grows(void **state)
{
    static const unsigned percents[] = {0, 1, 5, 10, 50, 99, 100};
    struct pool *pool = pool_new();
    static unsigned char was[KEYS];

    for (size_t step = 0; step < sizeof(percents) / sizeof(percents[0]); step++) {
        struct plain_split_row rows[] = {{.service = &stable, .weight = 100 - percents[step]},
                                         {.service = &canary, .weight = percents[step]}};
        struct plain_split split = split_of(pool, rows, 2);
        size_t in_canary = 0;
        for (size_t i = 0; i < KEYS; i++) {
            size_t at = of_key(&split, i);
            assert_true(at >= was[i]); /* nobody leaves the canary */
            was[i] = (unsigned char)at;
            in_canary += at;
        }
        /* Four standard deviations are less than 1.5 % of the keys. */
        assert_in_range(in_canary * 1000 / KEYS + 15, percents[step] * 10,
                        percents[step] * 10 + 30);
    }
    pool_free(pool);
}

static void test_a_new_service_takes_keys_from_all_and_moves_no_other(void **state)
{
    struct plain_split_row before[] = {{.service = &stable, .weight = 50},
                                       {.service = &canary, .weight = 50}};
    struct plain_split_row after[] = {{.service = &third, .weight = 50},
                                      {.service = &stable, .weight = 50},
                                      {.service = &canary, .weight = 50}};
    struct pool *pool = pool_new();
    struct plain_split two = split_of(pool, before, 2), three = split_of(pool, after, 3);

    for (size_t i = 0; i < KEYS; i++) {
        const struct bff_service *was = before[of_key(&two, i)].service;
        const struct bff_service *is = after[of_key(&three, i)].service;
        assert_true(is == was || is == &third);
    }
    pool_free(pool);
}

/* The same in all processes, today and later: a change would move all users. */
static void test_known_keys(void **state)
{
    struct plain_split_row rows[] = {{.service = &stable, .weight = 50},
                                     {.service = &canary, .weight = 50}};
    struct pool *pool = pool_new();
    struct plain_split split = split_of(pool, rows, 2);
    char got[17] = "";

    for (size_t i = 0; i < 16; i++)
        got[i] = (char)('0' + of_key(&split, i));
    assert_string_equal(got, "0111001000111101");
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns_are_exact_in_every_period),
        cmocka_unit_test(test_turns_are_exact_over_all_threads),
        cmocka_unit_test(test_keys_stay_when_the_canary_grows),
        cmocka_unit_test(test_a_new_service_takes_keys_from_all_and_moves_no_other),
        cmocka_unit_test(test_known_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
