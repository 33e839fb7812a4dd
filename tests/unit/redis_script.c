/* Tests of scripts that run in a real redis-server, which may forget them at any time. */
#include "bff/store/redis_script.h"

#include "tests/unit/redis_stage.h"

static const char source[] = "return redis.call('INCRBY', KEYS[1], ARGV[1])";

static struct redis_process server;
static struct redis_script script;

static const struct text key = {"counter", 7}, by = {"2", 1};
static const struct redis_script_texts texts = {&key, 1, &by, 1};

/* A call, and what its user sees. */
struct call {
    struct redis_script_call call;
    struct stage_command seen;
};

static void on_done(struct redis_script_call *call, enum redis_end end,
                    const struct redisReply *reply)
{
    stage_on_done(&((struct call *)call)->seen.command, end, reply);
}

static bool run(struct redis *redis, struct call *call, int64_t until_ns)
{
    *call = (struct call){.call = {.done = on_done}};
    return redis_script_run(redis, &call->call, &script, &texts, until_ns);
}

static const char *result(struct redis *redis)
{
    static struct call call;

    assert_true(run(redis, &call, 0));
    stage_until(call.seen.is_over);
    return call.seen.seen;
}

static void test_the_digest_is_that_of_redis(void **state)
{
    redis_script_init(&script, TEXT("return 1"));
    assert_memory_equal(script.sha1, "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", 40);
}

static void test_a_script_is_loaded_when_it_is_missing(void **state)
{
    stage_start(&server, "");
    struct redis *redis = stage_redis_up();

    assert_string_equal(result(redis), "2");
    assert_string_equal(result(redis), "4");
    assert_string_equal(stage_ask(redis, "SCRIPT FLUSH"), "OK");
    assert_string_equal(result(redis), "6");
    redis_free(redis);
}

static void test_many_calls_at_once_that_all_miss_it(void **state)
{
    struct call calls[50];

    stage_start(&server, "");
    struct redis *redis = stage_redis_up();
    for (size_t i = 0; i < 50; i++)
        assert_true(run(redis, &calls[i], 0));
    for (size_t i = 0; i < 50; i++)
        stage_until(calls[i].seen.is_over);
    assert_string_equal(result(redis), "102");
    redis_free(redis);
}

/* The server that the test plays answers EVALSHA at once, and EVAL never. */
static void test_the_second_command_has_the_same_deadline(void **state)
{
    struct redis *redis = stage_redis_up();
    struct call call;

    stage.settings.timeout_ms = 600000;
    stage.server.answer = "-NOSCRIPT No matching script. Please use EVAL.\r\n";
    assert_true(run(redis, &call, clock_now_ns() + 1000 * CLOCK_MS));
    stage_until(strstr(stage.server.got, "EVALSHA") != NULL);
    stage.server.is_silent = true;
    stage_until(call.seen.is_over);
    assert_string_equal(call.seen.seen, "down");
    assert_non_null(strstr(stage.server.got,
                           "EVAL return redis.call('INCRBY', KEYS[1], ARGV[1]) 1 counter 2\n"));
    redis_free(redis);
}

static void test_a_call_can_be_cancelled_at_any_time(void **state)
{
    struct redis *redis = stage_redis_up();
    struct call first, second;

    stage.settings.timeout_ms = 1000;
    stage.server.answer = "-NOSCRIPT No matching script. Please use EVAL.\r\n";
    run(redis, &first, 0);
    run(redis, &second, 0);
    redis_script_cancel(&first.call);
    stage_until(strstr(stage.server.got, "EVALSHA") != NULL);
    stage.server.is_silent = true;
    stage_until(strstr(stage.server.got, "EVAL ") != NULL);
    redis_script_cancel(&second.call);
    redis_script_cancel(&second.call);
    stage_until(!redis_is_up(redis)); /* the server was silent for too long */
    assert_false(first.seen.is_over || second.seen.is_over);
    redis_free(redis);
}

static void test_an_error_of_the_script_is_a_reply(void **state)
{
    stage_start(&server, "");
    struct redis *redis = stage_redis_up();

    stage_ask(redis, "SET counter text");
    assert_non_null(strstr(result(redis), "error ERR"));
    assert_true(redis_is_up(redis));
    redis_free(redis);
}

static int begin(void **state)
{
    redis_script_init(&script, TEXT(source));
    return stage_begin(state);
}

static int end(void **state)
{
    if (server.pid != 0)
        redis_process_end(&server);
    return stage_end(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_digest_is_that_of_redis),         TEST(a_script_is_loaded_when_it_is_missing),
        TEST(many_calls_at_once_that_all_miss_it), TEST(the_second_command_has_the_same_deadline),
        TEST(a_call_can_be_cancelled_at_any_time), TEST(an_error_of_the_script_is_a_reply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
