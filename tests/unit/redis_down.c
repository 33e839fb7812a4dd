/* Tests of a Redis server that fails: what the commands under way and the next ones see, how the
 * connection is made again, and which events are logged. */
#include "tests/unit/redis_stage.h"

static void expect_back(struct redis *redis)
{
    stage_until(redis_is_up(redis));
    assert_string_equal(stage_ask(redis, "ECHO back"), "back");
}

static void test_a_frozen_server_costs_one_deadline(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command first, second, third;

    stage.settings.timeout_ms = 400;
    stage.server.is_frozen = true;
    assert_true(stage_send(redis, &first, "ECHO a"));
    stage_wait(20);
    assert_true(stage_send(redis, &second, "ECHO b"));
    stage_until(first.is_over);
    assert_true(second.is_over); /* together with the first one */
    assert_string_equal(first.seen, "down");
    assert_false(stage_send(redis, &third, "ECHO c"));
    assert_false(redis_is_up(redis));

    /* The kernel accepts connections, but no PING is answered. */
    stage_wait(300);
    assert_false(redis_is_up(redis));
    assert_string_equal(stage.events, "redis_down timeout, ");
    stage.server.is_frozen = false;
    expect_back(redis);
    assert_string_equal(stage.events, "redis_down timeout, redis_up, ");
    redis_free(redis);
}

/* This thread stops for longer than the deadline. The reply has come in time. */
static void test_a_pause_of_this_server_is_no_fault_of_redis(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command command;

    stage.settings.timeout_ms = 100;
    assert_true(stage_send(redis, &command, "ECHO a"));
    h2o_evloop_run(stage.loop, 0);
    while (stage.server.got[0] == '\0')
        stage_serve(&stage.server);
    usleep(150 * 1000);
    timers_run(&stage.timers, clock_now_ns());
    assert_true(command.is_over);
    assert_string_equal(command.seen, "a");
    assert_string_equal(stage.events, "");
    redis_free(redis);
}

static void test_a_server_that_ends_and_starts_again(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command command;

    stage.server.is_silent = true;
    stage_send(redis, &command, "ECHO a");
    stage_wait(5);
    stage_refuse(&stage.server);
    stage_hang_up(&stage.server);
    stage_until(command.is_over);
    assert_string_equal(command.seen, "down");
    assert_string_equal(stage_ask(redis, "ECHO a"), "not sent");
    stage_wait(200);
    assert_string_equal(stage.events, "redis_down reset, ");

    stage_listen(&stage.server);
    stage.server.is_silent = false;
    expect_back(redis);
    assert_string_equal(stage.events, "redis_down reset, redis_up, ");
    redis_free(redis);
}

static void test_a_server_that_is_away_at_the_start(void **state)
{
    stage_refuse(&stage.server);
    struct redis *redis = stage_redis();

    assert_string_equal(stage_ask(redis, "ECHO a"), "not sent");
    stage_until(strcmp(stage.events, "redis_down connect, ") == 0);
    stage_listen(&stage.server);
    expect_back(redis);
    assert_string_equal(stage.events, "redis_down connect, redis_up, ");
    redis_free(redis);
}

static void test_a_server_that_is_there_at_the_start_is_no_event(void **state)
{
    redis_free(stage_redis_up());
    assert_string_equal(stage.events, "");
}

/* Two connections stand for two workers. */
static void test_two_workers_log_each_change_once(void **state)
{
    struct redis *one = stage_redis_up(), *two = stage_redis_up();

    stage_refuse(&stage.server);
    stage_hang_up(&stage.server);
    stage_until(!redis_is_up(one) && !redis_is_up(two));
    stage_listen(&stage.server);
    stage_until(redis_is_up(one) && redis_is_up(two));
    assert_string_equal(stage.events, "redis_down reset, redis_up, ");
    redis_free(one);
    redis_free(two);
    assert_string_equal(stage.events, "redis_down reset, redis_up, ");
}

static void test_a_configuration_that_ends_is_no_event(void **state)
{
    struct redis *old = stage_redis_up();

    stage_refuse(&stage.server);
    stage_hang_up(&stage.server);
    stage_until(!redis_is_up(old));
    stage_listen(&stage.server);
    struct redis *new = stage_redis();
    redis_free(old);
    assert_string_equal(stage.events, "redis_down reset, ");
    stage_until(redis_is_up(new));
    assert_string_equal(stage.events, "redis_down reset, redis_up, ");
    redis_free(new);
}

static const struct {
    const char *why, *bytes, *event;
} garbage[] = {
    {"no reply of Redis", "HTTP/1.1 400 Bad Request\r\n\r\n", "protocol"},
    {"RESP3", "%1\r\n+a\r\n+b\r\n", "protocol"},
    {"a length that is no number", "$x\r\n", "protocol"},
    {"a negative length", "$-2\r\n", "protocol"},
    {"a string that is longer than it says", "$1\r\nabc\r\n", "protocol"},
    {"an array that needs 16 GiB", "*2147483647\r\n", "protocol"},
    {"arrays in arrays without an end", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
     "protocol"},
    {"two replies to one command", "+OK\r\n+OK\r\n", "protocol"},
    {"the server loads its data", "-LOADING Redis is loading the dataset\r\n", "loading"},
    {"it has become a replica", "-READONLY You can't write\r\n", "replica"},
    {"a replica without its master", "-MASTERDOWN Link with MASTER is down\r\n", "replica"},
    {"it wants a password now", "-NOAUTH Authentication required.\r\n", "auth"},
    {"a cluster", "-MOVED 3999 127.0.0.1:6381\r\n", "cluster"},
};

static void test_bytes_that_end_the_connection(void **state)
{
    for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
        char want[64];
        struct redis *redis = stage_redis_up();

        stage.events[0] = '\0';
        stage.server.answer = garbage[i].bytes;
        const char *seen = stage_ask(redis, "GET a");
        if (strcmp(seen, "down") != 0 && strcmp(seen, "OK") != 0)
            fail_msg("%s: %s", garbage[i].why, seen);
        stage.server.answer = NULL;
        expect_back(redis);
        snprintf(want, sizeof(want), "redis_down %s, redis_up, ", garbage[i].event);
        if (strcmp(stage.events, want) != 0)
            fail_msg("%s: %s", garbage[i].why, stage.events);
        redis_free(redis);
    }
}

static void test_a_reply_without_a_command_ends_the_connection(void **state)
{
    struct redis *redis = stage_redis_up();

    stage_say("+OK\r\n");
    stage_until(!redis_is_up(redis));
    assert_string_equal(stage.events, "redis_down protocol, ");
    redis_free(redis);
}

static void test_a_reply_that_is_too_large_ends_the_connection(void **state)
{
    struct redis *redis = stage_redis_up();
    struct stage_command command;
    size_t len = 64 * 1024;
    char *bytes = calloc(1, len + 1);

    memset(bytes, 'a', len);
    stage.server.is_silent = true;
    stage_send(redis, &command, "GET a");
    stage_wait(2);
    stage_say("$104857600\r\n");
    ssize_t sent = 0;
    while (!command.is_over && sent < 100000000) {
        ssize_t more =
            send(stage.server.connections[0].fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += more > 0 ? more : 0;
        stage_step();
    }
    assert_in_range(sent, 4 * 1024 * 1024, 32 * 1024 * 1024); /* the kernel has some of it */
    assert_string_equal(command.seen, "down");
    assert_string_equal(stage.events, "redis_down protocol, ");
    free(bytes);
    redis_free(redis);
}

#define HELLO(mode_len, mode, role_len, role)                                                      \
    "*4\r\n$4\r\nmode\r\n$" mode_len "\r\n" mode "\r\n$4\r\nrole\r\n$" role_len "\r\n" role "\r\n"

static const struct {
    const char *why, *hello, *pong, *event;
} greetings[] = {
    {"a replica", HELLO("10", "standalone", "7", "replica"), "+PONG\r\n", "replica"},
    {"a cluster", HELLO("7", "cluster", "6", "master"), "+PONG\r\n", "cluster"},
    {"data that is loaded", STAGE_HELLO, "-LOADING wait\r\n", "loading"},
    {"no password was sent", "-NOAUTH HELLO must be called with AUTH\r\n", "+PONG\r\n", "auth"},
    {"too many clients", "-ERR max number of clients reached\r\n", "+PONG\r\n", "refused"},
    {"no right to PING", STAGE_HELLO, "-NOPERM no\r\n", "refused"},
    {"no HELLO", "+what?\r\n", "+PONG\r\n", "protocol"},
    {"no PONG", STAGE_HELLO, ":1\r\n", "protocol"},
    {"nothing", NULL, NULL, "timeout"},
};

static void test_greetings_that_are_not_well(void **state)
{
    for (size_t i = 0; i < sizeof(greetings) / sizeof(greetings[0]); i++) {
        char want[64];

        stage.events[0] = '\0';
        stage.settings.timeout_ms = greetings[i].pong == NULL ? 50 : STAGE_PATIENCE_MS;
        stage.server.hello = greetings[i].hello;
        stage.server.pong = greetings[i].pong;
        struct redis *redis = stage_redis();
        stage_until(stage.events[0] != '\0');
        assert_false(redis_is_up(redis));
        snprintf(want, sizeof(want), "redis_down %s, ", greetings[i].event);
        if (strcmp(stage.events, want) != 0)
            fail_msg("%s: %s", greetings[i].why, stage.events);
        redis_free(redis);
    }
}

static void test_a_server_before_redis_6_does_not_know_hello(void **state)
{
    stage.server.hello = "-ERR unknown command `HELLO`\r\n";
    struct redis *redis = stage_redis_up();

    assert_string_equal(stage_ask(redis, "ECHO a"), "a");
    redis_free(redis);
}

/* The times are random parts of limits. So only the sum of many can be compared. */
static void test_attempts_become_rare(void **state)
{
    struct redis *redis;

    stage.server.pong = "-ERR no\r\n";
    redis = stage_redis();
    stage_wait(1500);
    assert_in_range(stage.server.accepted, 0, 25); /* without the limits' growth: about 60 */
    stage_until(stage.server.accepted >= 3);
    redis_free(redis);
}

static unsigned settled;

static void on_settled(void *cookie)
{
    settled++;
    if (cookie != NULL)
        redis_free(*(struct redis **)cookie);
}

static void test_the_first_attempt_is_told_once(void **state)
{
    struct redis *redis = stage_redis();

    settled = 0;
    redis_wait_first(redis, on_settled, NULL);
    assert_int_equal(settled, 0);
    stage_until(settled == 1);
    assert_true(redis_is_up(redis));
    stage_hang_up(&stage.server);
    stage_until(!redis_is_up(redis));
    expect_back(redis);
    assert_int_equal(settled, 1);
    redis_free(redis);

    stage_refuse(&stage.server);
    redis = stage_redis();
    redis_wait_first(redis, on_settled, &redis);
    stage_until(settled == 2);
    stage_wait(3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, stage_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_frozen_server_costs_one_deadline),
        TEST(a_pause_of_this_server_is_no_fault_of_redis),
        TEST(a_server_that_ends_and_starts_again),
        TEST(a_server_that_is_away_at_the_start),
        TEST(a_server_that_is_there_at_the_start_is_no_event),
        TEST(two_workers_log_each_change_once),
        TEST(a_configuration_that_ends_is_no_event),
        TEST(bytes_that_end_the_connection),
        TEST(a_reply_without_a_command_ends_the_connection),
        TEST(a_reply_that_is_too_large_ends_the_connection),
        TEST(greetings_that_are_not_well),
        TEST(a_server_before_redis_6_does_not_know_hello),
        TEST(attempts_become_rare),
        TEST(the_first_attempt_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
