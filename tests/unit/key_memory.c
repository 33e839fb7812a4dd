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
#include "bff/store/key_answer.h"
#include "bff/store/key_memory.h"

#define LIMIT ((size_t)64 * 1024)
#define RUN 100
#define KEEP 1000
#define GONE (RUN + KEEP) /* a key that was claimed at 0 is forgotten */

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

/* A claim by ${owner} of one of the names, which end up in one bucket for numbers that are alike in
 * their lower bits. */
static const struct key_claim *claim_of(unsigned number, const char *owner)
{
    static struct key_claim made;

    made = (struct key_claim){.print = "print", .run_ms = RUN, .keep_ms = KEEP};
    memcpy(made.name, &number, sizeof(number));
    memcpy(made.owner, owner, strlen(owner));
    return &made;
}

static enum key_memory_end claim(unsigned number, const char *owner, int64_t now_ms)
{
    return key_memory_claim(stage.memory, claim_of(number, owner), now_ms, stage.pool,
                            &stage.found);
}

static bool replace(unsigned number, const char *owner, struct text value, int64_t now_ms)
{
    return key_memory_replace(stage.memory, claim_of(number, owner), value, now_ms);
}

static bool mark(unsigned number, const char *owner, int64_t now_ms)
{
    return key_memory_mark(stage.memory, claim_of(number, owner), now_ms);
}

static void leave(unsigned number, const char *owner, int64_t now_ms)
{
    key_memory_leave(stage.memory, claim_of(number, owner), now_ms);
}

static void drop(unsigned number, const char *owner, int64_t now_ms)
{
    key_memory_drop(stage.memory, claim_of(number, owner), now_ms);
}

static void assert_found(unsigned number, const char *value, int64_t now_ms)
{
    assert_int_equal(claim(number, "other", now_ms), KEY_MEMORY_FOUND);
    assert_true(text_is(stage.found, value));
}

/* The key is running for ${owner}. */
static void assert_runs(unsigned number, const char *owner, int64_t now_ms)
{
    assert_int_equal(claim(number, "other", now_ms), KEY_MEMORY_FOUND);
    assert_true(key_answer_is_of(claim_of(number, owner), stage.found));
}

static void test_a_key_is_claimed_once(void **state)
{
    assert_int_equal(claim(1, "own", 0), KEY_MEMORY_SET);
    assert_runs(1, "own", RUN - 1);
    assert_int_equal(claim(2, "own", 0), KEY_MEMORY_SET);
}

static void test_after_its_running_time_it_is_claimed_again(void **state)
{
    claim(1, "own", 0);
    assert_int_equal(claim(1, "new", RUN), KEY_MEMORY_AGAIN);
    assert_runs(1, "new", RUN + RUN - 1);
    assert_int_equal(claim(1, "third", RUN + RUN), KEY_MEMORY_AGAIN);
    assert_int_equal(key_memory_read(stage.memory).entries, 1);
}

static void test_another_request_does_not_claim_it_again(void **state)
{
    struct key_claim other = *claim_of(1, "other");

    claim(1, "own", 0);
    memcpy(other.print, "elsewise", 8);
    assert_int_equal(key_memory_claim(stage.memory, &other, RUN, stage.pool, &stage.found),
                     KEY_MEMORY_FOUND);
    assert_int_equal(claim(1, "new", RUN), KEY_MEMORY_AGAIN);
}

static void test_a_key_is_forgotten(void **state)
{
    claim(1, "own", 0);
    assert_int_equal(claim(1, "new", GONE), KEY_MEMORY_SET);
    assert_runs(1, "new", GONE);
    assert_int_equal(key_memory_read(stage.memory).entries, 1);
}

static void test_the_owner_replaces_it(void **state)
{
    claim(1, "own", 0);
    assert_true(replace(1, "own", TEXT("answer"), 50));
    assert_found(1, "answer", 50 + KEEP - 1);
    assert_int_equal(claim(1, "own", 50 + KEEP), KEY_MEMORY_SET);
}

static void test_what_is_being_taken_back_is_not_claimed(void **state)
{
    claim(1, "own", 0);
    assert_true(mark(1, "own", 50));
    assert_runs(1, "own", 50 + RUN - 1);
    assert_int_equal(claim(1, "new", 50 + RUN), KEY_MEMORY_UNDOING);
    assert_int_equal(claim(1, "new", 50 + RUN), KEY_MEMORY_UNDOING);
    assert_true(replace(1, "own", TEXT("answer"), 50 + RUN)); /* the owner was only slow */
    assert_found(1, "answer", 50 + RUN);
}

static void test_a_late_owner_changes_nothing(void **state)
{
    claim(1, "first", 0);
    claim(1, "second", RUN);
    assert_true(replace(1, "first", TEXT("answer"), RUN));
    drop(1, "first", RUN);
    leave(1, "first", RUN);
    assert_false(mark(1, "first", RUN));
    assert_runs(1, "second", RUN);

    assert_true(replace(2, "first", TEXT("answer"), 0)); /* nobody has claimed it again */
    assert_int_equal(claim(2, "own", 0), KEY_MEMORY_SET);
}

static void test_the_owner_frees_it(void **state)
{
    claim(1, "own", 0);
    drop(1, "own", 0);
    assert_int_equal(key_memory_read(stage.memory).bytes, 0);
    assert_int_equal(claim(1, "new", 0), KEY_MEMORY_SET);
}

static void test_the_owner_leaves_it_to_a_repeat(void **state)
{
    claim(1, "own", 0);
    leave(1, "own", 50);
    assert_int_equal(claim(1, "new", 50), KEY_MEMORY_AGAIN);
    drop(1, "new", 60); /* the first one may have changed something */
    assert_int_equal(claim(1, "third", 60), KEY_MEMORY_AGAIN);
    assert_runs(1, "third", 60);
}

static unsigned claim_until_full(int64_t now_ms)
{
    unsigned count = 0;

    while (claim(count, "own", now_ms) == KEY_MEMORY_SET)
        count++;
    return count;
}

static void test_it_is_full_at_its_limit(void **state)
{
    unsigned count = claim_until_full(0);

    assert_in_range(count, 6, 7); /* 8 KiB and the entry itself for each */
    assert_true(key_memory_read(stage.memory).bytes <= LIMIT);
    assert_runs(0, "own", 0);
    drop(0, "own", 0);
    assert_int_equal(claim(count, "own", 0), KEY_MEMORY_SET);
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
    assert_int_equal(claim(count, "own", 0), KEY_MEMORY_SET);
}

static void test_a_key_that_is_left_gives_room_back(void **state)
{
    unsigned count = claim_until_full(0), more = count;

    for (unsigned i = 0; i < count; i++)
        leave(i, "own", 0);
    assert_in_range(key_memory_read(stage.memory).bytes, 1, LIMIT / 8);
    assert_int_equal(claim(0, "new", 0), KEY_MEMORY_AGAIN);
    assert_in_range(key_memory_read(stage.memory).bytes, LIMIT / 8, LIMIT);
    while (claim(more, "own", 0) == KEY_MEMORY_SET)
        more++;
    assert_true(more > count);
    assert_int_equal(claim(1, "new", 0), KEY_MEMORY_AGAIN); /* without room for its answer */
    assert_true(replace(1, "new", TEXT("answer"), 0));
}

static void test_an_answer_that_does_not_fit_is_refused(void **state)
{
    char *large = memory_new(LIMIT);

    claim(1, "own", 0);
    assert_false(replace(1, "own", (struct text){large, LIMIT}, 0));
    assert_runs(1, "own", 0);
    assert_true(replace(1, "own", (struct text){large, LIMIT / 2}, 0));
    assert_true(key_memory_read(stage.memory).bytes <= LIMIT);
    memory_free(large);
}

static void test_a_smaller_limit_forgets_nothing(void **state)
{
    claim(1, "own", 0);
    key_memory_set_limit(stage.memory, 0);
    assert_int_equal(claim(2, "own", 0), KEY_MEMORY_FULL);
    assert_true(replace(1, "own", TEXT("answer"), 0));
    assert_found(1, "answer", 0);
}

static atomic_uint winners;

/* The memory of a pool that a thread frees is lost when the thread ends, so the pools outlive their
 * threads. */
static void *compete(void *pool)
{
    struct text found;

    for (unsigned i = 0; i < 1000; i++) {
        struct key_claim own = {.run_ms = RUN, .keep_ms = KEEP};
        unsigned number = i % 5;
        memcpy(own.name, &number, sizeof(number));
        if (key_memory_claim(stage.memory, &own, 0, pool, &found) == KEY_MEMORY_SET)
            winners++;
    }
    return NULL;
}

static void test_threads_that_claim_one_key_have_one_winner(void **state)
{
    pthread_t threads[4];
    struct pool *pools[4];

    for (size_t i = 0; i < 4; i++)
        must(pthread_create(&threads[i], NULL, compete, pools[i] = pool_new()) == 0);
    for (size_t i = 0; i < 4; i++) {
        must(pthread_join(threads[i], NULL) == 0);
        pool_free(pools[i]);
    }
    assert_int_equal(winners, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_claimed_once),
        TEST(after_its_running_time_it_is_claimed_again),
        TEST(another_request_does_not_claim_it_again),
        TEST(a_key_is_forgotten),
        TEST(the_owner_replaces_it),
        TEST(what_is_being_taken_back_is_not_claimed),
        TEST(a_late_owner_changes_nothing),
        TEST(the_owner_frees_it),
        TEST(the_owner_leaves_it_to_a_repeat),
        TEST(it_is_full_at_its_limit),
        TEST(what_expired_makes_room),
        TEST(a_short_answer_gives_room_back),
        TEST(a_key_that_is_left_gives_room_back),
        TEST(an_answer_that_does_not_fit_is_refused),
        TEST(a_smaller_limit_forgets_nothing),
        TEST(threads_that_claim_one_key_have_one_winner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
