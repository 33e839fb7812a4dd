/* Tests of the table of states: what is kept when there is no room, and several threads. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/hash.h"
#include "bff/base/random.h"
#include "bff/limit/limit_table.h"

#define THREADS 4
#define SECOND_MS 1000
#define HOUR_MS (60 * 60 * 1000)

static struct registry *registry;
static struct limit_table *table;

static int begin(void **state)
{
    registry = registry_new();
    return 0;
}

static int end(void **state)
{
    registry_release(table);
    registry_free(registry);
    table = NULL;
    return 0;
}

/* One request of a key. */
struct request {
    uint8_t share;
    uint32_t whole_ms;
    uint64_t count; /* with this request */
};

static uint64_t count_one(void *cookie, uint64_t state, struct limit_table_use *use)
{
    struct request *request = cookie;

    *use = (struct limit_table_use){request->share, request->whole_ms};
    return request->count = state + 1;
}

/* Returns the requests of the key ${number}, with this one. */
static uint64_t count(uint64_t number, int64_t now_ms, uint8_t share, uint32_t whole_ms)
{
    struct request request = {.share = share, .whole_ms = whole_ms};

    limit_table_change(table, hash_mix(number), now_ms, count_one, &request);
    return request.count;
}

static void keeps_all_keys_while_there_is_room(void **state)
{
    enum { KEYS = 10000 };
    unsigned forgotten = 0;

    table = limit_table_hold(registry, KEYS);
    for (uint64_t i = 0; i < KEYS; i++)
        assert_int_equal(count(i, 0, 1, HOUR_MS), 1);
    for (uint64_t i = 0; i < KEYS; i++)
        forgotten += count(i, 0, 1, HOUR_MS) != 2;
    assert_in_range(forgotten, 0, KEYS / 20);
}

static void a_flood_of_keys_forgets_no_hot_key(void **state)
{
    enum { HOT = 100, FLOOD = 1000000 };

    table = limit_table_hold(registry, 1000);
    for (uint64_t i = 0; i < HOT; i++)
        count(i, 0, UINT8_MAX, HOUR_MS);
    for (uint64_t i = 0; i < FLOOD; i++)
        assert_int_equal(count(HOT + i, 1000 + (int64_t)i, 3, HOUR_MS), 1);
    for (uint64_t i = 0; i < HOT; i++)
        assert_int_equal(count(i, FLOOD, UINT8_MAX, HOUR_MS), 2);
}

/* One bucket has 7 places. */
static void forgets_first_what_is_whole_then_the_least_used_then_the_oldest(void **state)
{
    static const struct {
        const char *why;
        int64_t at_ms;
        uint8_t share;
        uint32_t whole_ms;
    } keys[] = {
        {"the oldest that is whole again", 1000, 255, 10},
        {"whole again", 1000000, 255, 10},
        {"the least used of those that are not whole, and the oldest", 0, 1, 10 * HOUR_MS},
        {"the least used, but used later", 500000, 1, 10 * HOUR_MS},
        {"used more", 0, 100, 10 * HOUR_MS},
        {"the oldest of the full ones", 0, 255, 10 * HOUR_MS},
        {"full, and used last", 900000, 255, 10 * HOUR_MS},
    };

    table = limit_table_hold(registry, 1);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(count(i, keys[i].at_ms, keys[i].share, keys[i].whole_ms), 1);
    for (size_t i = 0; i < 7; i++) {
        /* Each new key is hotter than all of these. So the next one does not forget it. */
        assert_int_equal(count(100 + i, 2000000, 255, 10 * HOUR_MS), 1);
        for (size_t j = i + 1; j < 7; j++)
            if (count(j, keys[j].at_ms, keys[j].share, keys[j].whole_ms) != i + 2)
                fail_msg("%s was forgotten before %s", keys[j].why, keys[i].why);
    }
}

static void needs_at_most_64_bytes_for_a_key(void **state)
{
    static const size_t keys[] = {1000, 160000, 10000000};

    for (size_t i = 0; i < 3; i++)
        assert_in_range(limit_table_bytes(keys[i]), keys[i] * 40, keys[i] * 64);
}

static void has_one_table_for_all_who_ask_for_the_same_size(void **state)
{
    table = limit_table_hold(registry, 7);
    struct limit_table *same = limit_table_hold(registry, 7);

    assert_ptr_equal(same, table);
    registry_release(same);
    assert_int_not_equal(limit_table_hash(table, 1, TEXT("192.0.2.7")),
                         limit_table_hash(table, 2, TEXT("192.0.2.7")));
}

/* Threads. */

static _Atomic uint64_t allowed, arrived;

/* A barrier that does not sleep: the threads begin a round within some instructions. */
static void begin_round(uint64_t round)
{
    atomic_fetch_add(&arrived, 1);
    while (atomic_load(&arrived) < (round + 1) * THREADS)
        sched_yield();
}

/* All threads count the same keys, which are new in each round. */
struct rounds {
    uint64_t rounds, keys, most;
};

static void count_the_same(const struct rounds *plan)
{
    for (uint64_t round = 0; round < plan->rounds; round++) {
        begin_round(round);
        for (uint64_t i = 0; i < plan->most; i++)
            for (uint64_t key = 0; key < plan->keys; key++) {
                uint64_t number = round * plan->keys + key;
                if (count(number, (int64_t)round * 10 * SECOND_MS, 9, SECOND_MS) <= plan->most)
                    atomic_fetch_add(&allowed, 1);
            }
    }
}

static const struct rounds many_requests = {.rounds = 200, .keys = 8, .most = 100};
static const struct rounds many_keys = {.rounds = 10000, .keys = 3, .most = 2};

static void *count_many_requests(void *cookie)
{
    count_the_same(&many_requests);
    return NULL;
}

static void *count_many_keys(void *cookie)
{
    count_the_same(&many_keys);
    return NULL;
}

static void run_threads(void *(*run)(void *cookie))
{
    pthread_t threads[THREADS];
    static uintptr_t numbers[THREADS];

    atomic_store(&arrived, 0);
    for (uintptr_t i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, run, &numbers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* The buckets are full of keys of the round before, so that each key replaces one. */
static void all_threads_together_count_each_request_once(void **state)
{
    table = limit_table_hold(registry, 24);
    atomic_store(&allowed, 0);
    run_threads(count_many_requests);
    assert_int_equal(allowed, 200 * 8 * 100);
}

/* All buckets become full, and all their keys are replaced. While one thread puts a key, others
 * count it and put the next one. */
static void no_key_is_forgotten_while_it_is_new(void **state)
{
    table = limit_table_hold(registry, 5000);
    atomic_store(&allowed, 0);
    run_threads(count_many_keys);
    assert_int_equal(allowed, 10000 * 3 * 2);
}

/* Each thread counts one hot key of its own, and floods the table with others. */
static void *flood(void *cookie)
{
    uint64_t number = *(uintptr_t *)cookie, hot = 0;
    struct random random;

    random_seed(&random);
    for (int i = 0; i < 50000; i++) {
        int64_t now_ms = clock_now_ns() / CLOCK_MS;
        if (i % 50 == 0)
            must(count(number, now_ms, UINT8_MAX, HOUR_MS) == ++hot);
        count(THREADS + random_below(&random, 100000), now_ms, 2, HOUR_MS);
    }
    return NULL;
}

static void threads_that_flood_forget_no_hot_key(void **state)
{
    table = limit_table_hold(registry, 100);
    run_threads(flood);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_all_keys_while_there_is_room, begin, end),
        cmocka_unit_test_setup_teardown(a_flood_of_keys_forgets_no_hot_key, begin, end),
        cmocka_unit_test_setup_teardown(
            forgets_first_what_is_whole_then_the_least_used_then_the_oldest, begin, end),
        cmocka_unit_test_setup_teardown(needs_at_most_64_bytes_for_a_key, begin, end),
        cmocka_unit_test_setup_teardown(has_one_table_for_all_who_ask_for_the_same_size, begin,
                                        end),
        cmocka_unit_test_setup_teardown(all_threads_together_count_each_request_once, begin, end),
        cmocka_unit_test_setup_teardown(no_key_is_forgotten_while_it_is_new, begin, end),
        cmocka_unit_test_setup_teardown(threads_that_flood_forget_no_hot_key, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
