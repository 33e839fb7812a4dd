/* Tests of commands to Redis: which reply belongs to which command, deadlines and cancels. */
#include "tests/unit/redis_stage.h"

static void test_replies_belong_to_their_commands(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command commands[100];
    char words[32];

    for (size_t i = 0; i < 100; i++) {
        snprintf(words, sizeof(words), "ECHO %zu", i);
        assert_true(stage_send(redis, &commands[i], words));
    }
    stage_until(commands[99].is_over);
    for (size_t i = 0; i < 100; i++) {
        snprintf(words, sizeof(words), "%zu", i);
        assert_string_equal(commands[i].seen, words);
    }
    redis_free(redis);
}

static void test_commands_of_one_step_are_one_write(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command commands[30];
    const struct stage_connection *connection = &stage.server.connections[0];
    unsigned before = connection->reads;

    for (size_t i = 0; i < 30; i++)
        assert_true(stage_send(redis, &commands[i], "ECHO a"));
    stage_until(commands[29].is_over);
    assert_int_equal(connection->reads, before + 1);
    redis_free(redis);
}

static const struct {
    const char *why, *reply, *want;
} replies[] = {
    {"a status", "+OK\r\n", "OK"},
    {"a number", ":-12\r\n", "-12"},
    {"nothing", "$-1\r\n", "nil"},
    {"an empty string", "$0\r\n\r\n", ""},
    {"a list", "*2\r\n:1\r\n*1\r\n$1\r\na\r\n", "array of 2"},
    {"an error of one command", "-OOM command not allowed\r\n", "error OOM command not allowed"},
    {"another one", "-NOPERM no\r\n", "error NOPERM no"},
};

static void test_replies_of_all_kinds(void **state)
{
    struct redis *redis = stage_redis_up();

    for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
        stage.server.answer = replies[i].reply;
        const char *seen = stage_ask(redis, "GET a");
        if (strcmp(seen, replies[i].want) != 0)
            fail_msg("%s: %s, not %s", replies[i].why, seen, replies[i].want);
    }
    assert_string_equal(stage.events, "");
    redis_free(redis);
}

static void test_a_reply_may_come_byte_by_byte(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command commands[2];
    const char *bytes = "$5\r\nfirst\r\n$6\r\nsecond\r\n";

    stage.server.is_silent = true;
    stage_send(redis, &commands[0], "GET a");
    stage_send(redis, &commands[1], "GET b");
    for (stage_wait(2); *bytes != '\0'; bytes++) {
        stage_say((char[]){*bytes, '\0'});
        stage_step();
    }
    stage_until(commands[1].is_over);
    assert_string_equal(commands[0].seen, "first");
    assert_string_equal(commands[1].seen, "second");
    redis_free(redis);
}

static void test_a_cancelled_command_leaves_its_place(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command a, b, c;

    stage_send(redis, &a, "ECHO a");
    stage_send(redis, &b, "ECHO b");
    stage_send(redis, &c, "ECHO c");
    redis_cancel(&b.command);
    redis_cancel(&b.command);
    stage_until(c.is_over);
    assert_string_equal(a.seen, "a");
    assert_string_equal(c.seen, "c");
    assert_false(b.is_over);
    redis_free(redis);
}

static void test_an_early_deadline_ends_one_command_only(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command hurried, other;

    stage.server.is_silent = true;
    stage_send(redis, &other, "ECHO other");
    stage_send_until(redis, &hurried, "ECHO hurried", clock_now_ns() + 5 * CLOCK_MS);
    stage_until(hurried.is_over);
    assert_string_equal(hurried.seen, "down");
    assert_false(other.is_over);
    assert_true(redis_is_up(redis));

    stage_say("$5\r\nother\r\n$7\r\nhurried\r\n");
    stage.server.is_silent = false;
    assert_string_equal(stage_ask(redis, "ECHO next"), "next");
    assert_string_equal(other.seen, "other");
    redis_free(redis);
}

static struct redis *again_on;
static struct stage_command again;

static void on_done_again(struct redis_command *command, enum redis_end end,
                          const struct redisReply *reply)
{
    command->done = stage_on_done;
    assert_true(redis_send(again_on, command, (struct text[]){TEXT("ECHO"), TEXT("again")}, 2, 0));
}

static void test_a_command_may_be_sent_again_in_its_callback(void **state)
{
    again_on = stage_redis_up();
    stage_send(again_on, &again, "ECHO a");
    again.command.done = on_done_again;
    stage_until(again.is_over);
    assert_string_equal(again.seen, "again");
    redis_free(again_on);
}

static void on_done_free(struct redis_command *command, enum redis_end end,
                         const struct redisReply *reply)
{
    struct redis *redis = again_on;

    again_on = NULL;
    redis_free(redis);
}

static void test_the_connection_may_be_freed_in_a_callback(void **state)
{
    struct stage_command last;

    again_on = stage_redis_up();
    stage_send(again_on, &again, "ECHO a");
    stage_send(again_on, &last, "ECHO b");
    again.command.done = on_done_free;
    stage_until(last.is_over);
    assert_string_equal(last.seen, "down");
    stage_wait(3);
}

static void test_commands_end_with_the_connection(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command a, b;

    stage_send(redis, &a, "ECHO a");
    stage_send(redis, &b, "ECHO b");
    redis_cancel(&a.command);
    redis_free(redis);
    redis_free(NULL);
    assert_false(a.is_over);
    assert_string_equal(b.seen, "down");
}

static void test_a_value_of_megabytes_goes_and_comes(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command set;
    size_t len = 3 * 1024 * 1024;
    char *value = calloc(1, len);

    stage.server.answer = "+OK\r\n";
    set = (struct stage_command){.command = {.done = stage_on_done}};
    assert_true(redis_send(redis, &set.command,
                           (struct text[]){TEXT("SET"), TEXT("a"), {value, len}}, 3, 0));
    stage_until(set.is_over);
    assert_string_equal(set.seen, "OK");
    free(value);
    redis_free(redis);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, stage_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(replies_belong_to_their_commands),
        TEST(commands_of_one_step_are_one_write),
        TEST(replies_of_all_kinds),
        TEST(a_reply_may_come_byte_by_byte),
        TEST(a_cancelled_command_leaves_its_place),
        TEST(an_early_deadline_ends_one_command_only),
        TEST(a_command_may_be_sent_again_in_its_callback),
        TEST(the_connection_may_be_freed_in_a_callback),
        TEST(commands_end_with_the_connection),
        TEST(a_value_of_megabytes_goes_and_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
