/* Tests of idempotency keys in a real redis-server: the script, and what becomes of requests whose
 * store is away. */
#include "bff/base/pool.h"
#include "bff/store/key_store.h"

#include "tests/unit/redis_stage.h"

static struct redis_process server;
static struct pool *pool;
static struct key_store *store;
static struct redis *redis;

/* A claim, and how it has ended. */
struct claimed {
    struct key_store_call call;
    enum key_claim_end end;
    bool is_over;
};

static void on_claimed(struct key_store_call *call, enum key_claim_end end)
{
    struct claimed *claimed = call->cookie;

    claimed->end = end;
    claimed->is_over = true;
}

static enum key_claim_end begin_claim(struct claimed *claimed, const char *print)
{
    *claimed = (struct claimed){.call = {.claim = {.name = "a name", .run_ms = 60000},
                                         .pool = pool,
                                         .done = on_claimed,
                                         .cookie = claimed}};
    memcpy(claimed->call.claim.print, print, strlen(print));
    return key_store_claim(store, &claimed->call);
}

static enum key_claim_end claim(struct claimed *claimed, const char *print)
{
    enum key_claim_end end = begin_claim(claimed, print);

    if (end != KEY_CLAIM_WAITS)
        return end;
    stage_until(claimed->is_over);
    return claimed->end;
}

static enum key_claim_end claim_again(void)
{
    static struct claimed again;

    return claim(&again, "print");
}

static void start(void)
{
    stage_start(&server, "");
    redis = stage_redis_up();
    store = key_store_new(NULL, redis, 3600000);
}

static void stop(void)
{
    redis_free(redis);
    key_store_free(store);
}

struct told {
    bool is_told, is_stored;
};

static void on_told(void *cookie, bool is_stored)
{
    *(struct told *)cookie = (struct told){.is_told = true, .is_stored = is_stored};
}

static const struct text body = {"{}", 2};
static const struct reply answer = {.status = 201, .body = &body, .body_count = 1};

static void finish(const struct claimed *claimed)
{
    struct told told = {0};

    assert_non_null(key_store_finish(store, &claimed->call.claim, &answer, on_told, &told));
    stage_until(told.is_told);
}

#define KEY "redis.call('KEYS','*')[1]"

/* Ends the running time of the key. Its end is the last 16 bytes of the value. */
static void end_running_time(void)
{
    assert_string_equal(stage_ask(redis, "EVAL return(redis.call('SETRANGE'," KEY
                                         ",redis.call('STRLEN'," KEY ")-16,string.rep('0',16))) 0"),
                        "74");
}

static bool mark(const struct claimed *claimed)
{
    struct told marked = {0};

    key_store_mark(store, &claimed->call.claim, on_told, &marked);
    stage_until(marked.is_told);
    return marked.is_stored;
}

static void test_a_claim_and_its_answer(void **state)
{
    struct claimed first, again;

    start();
    assert_int_equal(claim(&first, "print"), KEY_CLAIM_MINE);
    assert_int_equal(claim_again(), KEY_CLAIM_RUNNING);
    assert_int_equal(claim(&again, "other"), KEY_CLAIM_CONFLICT);
    finish(&first);
    assert_int_equal(claim(&again, "print"), KEY_CLAIM_ANSWERED);
    assert_int_equal(again.call.answer.status, 201);
    assert_true(text_equal(again.call.answer.body[0], body));
    assert_int_equal(claim(&again, "other"), KEY_CLAIM_CONFLICT);
    stop();
}

static void test_the_owner_frees_its_key(void **state)
{
    struct claimed first;

    start();
    claim(&first, "print");
    key_store_drop(store, &first.call.claim);
    assert_int_equal(claim_again(), KEY_CLAIM_MINE);
    key_store_drop(store, &first.call.claim); /* it is not the owner any more */
    assert_int_equal(claim_again(), KEY_CLAIM_RUNNING);
    stop();
}

static void test_after_its_running_time_a_key_is_claimed_again(void **state)
{
    struct claimed first, second, other;

    start();
    claim(&first, "print");
    end_running_time();
    assert_int_equal(claim(&other, "other"), KEY_CLAIM_CONFLICT);
    assert_int_equal(claim(&second, "print"), KEY_CLAIM_AGAIN);
    assert_int_equal(claim_again(), KEY_CLAIM_RUNNING);
    assert_false(mark(&first)); /* it is not the owner any more */
    finish(&first);
    assert_int_equal(claim_again(), KEY_CLAIM_RUNNING);
    key_store_drop(store, &second.call.claim); /* the first one may have changed something */
    assert_int_equal(claim_again(), KEY_CLAIM_AGAIN);
    stop();
}

static void test_what_is_being_taken_back_is_not_claimed(void **state)
{
    struct claimed first;

    start();
    claim(&first, "print");
    assert_true(mark(&first));
    assert_int_equal(claim_again(), KEY_CLAIM_RUNNING);
    end_running_time();
    assert_int_equal(claim_again(), KEY_CLAIM_UNDOING);
    assert_int_equal(claim_again(), KEY_CLAIM_UNDOING);
    finish(&first); /* it was only slow */
    assert_int_equal(claim_again(), KEY_CLAIM_ANSWERED);
    assert_false(mark(&first));
    stop();
}

static void test_the_owner_leaves_its_key_to_a_repeat(void **state)
{
    struct claimed first, second;

    start();
    claim(&first, "print");
    key_store_leave(store, &first.call.claim);
    assert_int_equal(claim(&second, "print"), KEY_CLAIM_AGAIN);
    finish(&second);
    assert_int_equal(claim_again(), KEY_CLAIM_ANSWERED);
    stop();
}

static void test_a_running_key_is_remembered_for_the_time_of_an_answer(void **state)
{
    struct claimed first;
    char left[32];

    start();
    claim(&first, "print");
    strcpy(left, stage_ask(redis, "EVAL return(redis.call('PTTL'," KEY ")) 0"));
    assert_in_range(atol(left), 3600000, 3660000);
    stop();
}

static void test_a_late_answer_changes_nothing(void **state)
{
    struct claimed first, second;

    start();
    claim(&first, "print");
    stage_ask(redis, "FLUSHALL"); /* it has expired */
    finish(&first);
    assert_string_equal(stage_ask(redis, "DBSIZE"), "0");
    assert_int_equal(claim(&second, "print"), KEY_CLAIM_MINE);
    finish(&first);
    assert_int_equal(claim_again(), KEY_CLAIM_RUNNING);
    stop();
}

static void test_a_claim_that_is_cancelled_leaves_the_key_free(void **state)
{
    struct claimed first;

    start();
    claim_again(); /* Redis knows the script */
    stage_ask(redis, "FLUSHALL");
    assert_int_equal(begin_claim(&first, "print"), KEY_CLAIM_WAITS);
    key_store_cancel(&first.call);
    key_store_cancel(&first.call);
    assert_int_equal(claim_again(), KEY_CLAIM_MINE);
    assert_false(first.is_over);
    stop();
}

static void test_an_answer_is_stored_after_its_request_has_ended(void **state)
{
    struct claimed first;
    struct told told = {0};

    start();
    claim(&first, "print");
    key_store_forget(key_store_finish(store, &first.call.claim, &answer, on_told, &told));
    assert_int_equal(claim_again(), KEY_CLAIM_ANSWERED);
    assert_false(told.is_told);
    stop();
}

static void test_nothing_is_claimed_while_redis_is_away(void **state)
{
    struct claimed first;

    start();
    claim(&first, "print");
    redis_process_end(&server);
    stage_until(!redis_is_up(redis));
    assert_int_equal(claim_again(), KEY_CLAIM_UNAVAILABLE);
    assert_null(key_store_finish(store, &first.call.claim, &answer, on_told, NULL));
    assert_false(mark(&first));
    key_store_drop(store, &first.call.claim);
    key_store_leave(store, &first.call.claim);
    stop();
}

static int begin(void **state)
{
    pool = pool_new();
    return stage_begin(state);
}

static int end(void **state)
{
    if (server.pid != 0)
        redis_process_end(&server);
    pool_free(pool);
    return stage_end(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_claim_and_its_answer),
        TEST(the_owner_frees_its_key),
        TEST(after_its_running_time_a_key_is_claimed_again),
        TEST(what_is_being_taken_back_is_not_claimed),
        TEST(the_owner_leaves_its_key_to_a_repeat),
        TEST(a_running_key_is_remembered_for_the_time_of_an_answer),
        TEST(a_late_answer_changes_nothing),
        TEST(a_claim_that_is_cancelled_leaves_the_key_free),
        TEST(an_answer_is_stored_after_its_request_has_ended),
        TEST(nothing_is_claimed_while_redis_is_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
