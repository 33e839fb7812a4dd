/* Tests of idempotency keys in memory: what is stored stays until it expires, and there is a
 * limit. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/pool.h"
#include "bff/store/key_memory.h"

#define LIMIT ((size_t)64 * 1024)
#define SOON 100
#define LATE 200

struct stage {
    struct registry *registry;
    struct key_memory *memory;
    struct pool *pool;
    struct text found;
};

static struct stage stage;

static int begin(void **state)
{
    stage.registry = registry_new();
    stage.memory = key_memory_hold(stage.registry);
    stage.pool = pool_new();
    key_memory_set_limit(stage.memory, LIMIT);
    return 0;
}

static int end(void **state)
{
    registry_release(stage.memory);
    registry_free(stage.registry);
    pool_free(stage.pool);
    return 0;
}

/* Names that end up in one bucket for numbers that are alike in their lower bits. */
static const unsigned char *name(unsigned number)
{
    static unsigned char bytes[KEY_CLAIM_NAME_BYTES];

    memcpy(bytes, &number, sizeof(number));
    return bytes;
}

static enum key_memory_end claim(unsigned number, const char *value, int64_t until_ms,
                                 int64_t now_ms)
{
    return key_memory_claim(stage.memory, name(number), text_of(value), until_ms, now_ms,
                            stage.pool, &stage.found);
}

static bool replace(unsigned number, const char *own, struct text value, int64_t now_ms)
{
    return key_memory_replace(stage.memory, name(number), text_of(own), value, LATE, now_ms);
}

static void assert_found(unsigned number, const char *value, int64_t now_ms)
{
    assert_int_equal(claim(number, "other", LATE, now_ms), KEY_MEMORY_FOUND);
    assert_true(text_is(stage.found, value));
}

static void test_a_key_is_claimed_once(void **state)
{
    assert_int_equal(claim(1, "own", SOON, 0), KEY_MEMORY_SET);
    assert_found(1, "own", SOON - 1);
    assert_int_equal(claim(2, "own", SOON, 0), KEY_MEMORY_SET);
}

static void test_a_value_expires(void **state)
{
    claim(1, "own", SOON, 0);
    assert_int_equal(claim(1, "new", LATE, SOON), KEY_MEMORY_SET);
    assert_found(1, "new", SOON);
    assert_int_equal(key_memory_read(stage.memory).entries, 1);
}

static void test_the_owner_replaces_it(void **state)
{
    claim(1, "own", SOON, 0);
    assert_true(replace(1, "own", TEXT("answer"), 50));
    assert_found(1, "answer", LATE - 1);
    assert_int_equal(claim(1, "own", LATE, LATE), KEY_MEMORY_SET);
}

static void test_a_late_owner_changes_nothing(void **state)
{
    claim(1, "first", SOON, 0);
    claim(1, "second", LATE, SOON);
    assert_true(replace(1, "first", TEXT("answer"), SOON));
    key_memory_drop(stage.memory, name(1), TEXT("first"), SOON);
    assert_found(1, "second", SOON);

    assert_true(replace(2, "first", TEXT("answer"), SOON)); /* nobody has claimed it again */
    assert_int_equal(claim(2, "own", LATE, SOON), KEY_MEMORY_SET);
}

static void test_the_owner_frees_it(void **state)
{
    claim(1, "own", SOON, 0);
    key_memory_drop(stage.memory, name(1), TEXT("own"), 0);
    assert_int_equal(key_memory_read(stage.memory).bytes, 0);
    assert_int_equal(claim(1, "new", SOON, 0), KEY_MEMORY_SET);
}

static unsigned claim_until_full(int64_t now_ms)
{
    unsigned count = 0;

    while (claim(count, "own", now_ms + SOON, now_ms) == KEY_MEMORY_SET)
        count++;
    return count;
}

static void test_it_is_full_at_its_limit(void **state)
{
    unsigned count = claim_until_full(0);

    assert_in_range(count, 6, 7); /* 8 KiB and the entry itself for each */
    assert_true(key_memory_read(stage.memory).bytes <= LIMIT);
    assert_found(0, "own", 0);
    key_memory_drop(stage.memory, name(0), TEXT("own"), 0);
    assert_int_equal(claim(count, "own", SOON, 0), KEY_MEMORY_SET);
}

static void test_what_expired_makes_room(void **state)
{
    unsigned count = claim_until_full(0);

    assert_int_equal(claim_until_full(2000), count);
}

static void test_a_short_answer_gives_room_back(void **state)
{
    unsigned count = claim_until_full(0);

    for (unsigned i = 0; i < count; i++)
        assert_true(replace(i, "own", TEXT("answer"), 0));
    assert_int_equal(claim(count, "own", SOON, 0), KEY_MEMORY_SET);
}

static void test_an_answer_that_does_not_fit_is_refused(void **state)
{
    char *large = memory_new(LIMIT);

    claim(1, "own", SOON, 0);
    assert_false(replace(1, "own", (struct text){large, LIMIT}, 0));
    assert_found(1, "own", 0);
    assert_true(replace(1, "own", (struct text){large, LIMIT / 2}, 0));
    assert_true(key_memory_read(stage.memory).bytes <= LIMIT);
    memory_free(large);
}

static void test_a_smaller_limit_forgets_nothing(void **state)
{
    claim(1, "own", SOON, 0);
    key_memory_set_limit(stage.memory, 0);
    assert_int_equal(claim(2, "own", SOON, 0), KEY_MEMORY_FULL);
    assert_true(replace(1, "own", TEXT("answer"), 0));
    assert_found(1, "answer", 0);
}

static atomic_uint winners;

static void *compete(void *cookie)
{
    struct pool *pool = pool_new();
    struct text found;

    for (unsigned i = 0; i < 1000; i++) {
        unsigned char own[KEY_CLAIM_NAME_BYTES] = {0};
        unsigned number = i % 5;
        memcpy(own, &number, sizeof(number));
        if (key_memory_claim(stage.memory, own, TEXT("own"), INT64_MAX, 0, pool, &found) ==
            KEY_MEMORY_SET)
            winners++;
    }
    pool_free(pool);
    return NULL;
}

static void test_threads_that_claim_one_key_have_one_winner(void **state)
{
    pthread_t threads[4];

    for (size_t i = 0; i < 4; i++)
        must(pthread_create(&threads[i], NULL, compete, NULL) == 0);
    for (size_t i = 0; i < 4; i++)
        must(pthread_join(threads[i], NULL) == 0);
    assert_int_equal(winners, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_claimed_once),
        TEST(a_value_expires),
        TEST(the_owner_replaces_it),
        TEST(a_late_owner_changes_nothing),
        TEST(the_owner_frees_it),
        TEST(it_is_full_at_its_limit),
        TEST(what_expired_makes_room),
        TEST(a_short_answer_gives_room_back),
        TEST(an_answer_that_does_not_fit_is_refused),
        TEST(a_smaller_limit_forgets_nothing),
        TEST(threads_that_claim_one_key_have_one_winner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
