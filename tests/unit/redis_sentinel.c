/* Tests of Sentinels, played by the test and real ones: which of them are asked, what is believed,
 * and a failover. */
#include "tests/unit/redis_stage.h"

#define MASTER(host_len, host, port_len, port)                                                     \
    "*2\r\n$" host_len "\r\n" host "\r\n$" port_len "\r\n" port "\r\n"

static struct redis_address sentinels[3];

/* Makes the settings of ${count} Sentinels on the given ports. */
static void use(size_t count, uint16_t a, uint16_t b, uint16_t c)
{
    sentinels[0] = (struct redis_address){"127.0.0.1", a};
    sentinels[1] = (struct redis_address){"127.0.0.1", b};
    sentinels[2] = (struct redis_address){"127.0.0.1", c};
    stage.settings.sentinels = sentinels;
    stage.settings.sentinel_count = count;
    stage.settings.master = TEXT("shop");
    stage.settings.address = (struct redis_address){0};
}

/* Answers of a Sentinel that are no address. */
static const struct {
    const char *why, *answer;
} answers[] = {
    {"it does not know the master", "*-1\r\n"},
    {"an error", "-ERR no\r\n"},
    {"one member", "*1\r\n$1\r\na\r\n"},
    {"no text", "*2\r\n:1\r\n:2\r\n"},
    {"no port", MASTER("9", "127.0.0.1", "1", "x")},
    {"port 0", MASTER("9", "127.0.0.1", "1", "0")},
    {"a port that is too large", MASTER("9", "127.0.0.1", "5", "65536")},
    {"no host", MASTER("0", "", "4", "6379")},
    {"garbage", "hello\r\n"},
};

static void test_answers_that_are_no_address(void **state)
{
    use(1, stage.server.port, 0, 0);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        stage.events[0] = '\0';
        stage.server.answer = answers[i].answer;
        struct redis *redis = stage_redis();
        stage_until(stage.events[0] != '\0');
        if (strcmp(stage.events, "redis_down no_master, ") != 0)
            fail_msg("%s: %s", answers[i].why, stage.events);
        redis_free(redis);
    }
    assert_int_equal(strncmp(stage.server.got, "SENTINEL get-master-addr-by-name shop\n", 38), 0);
}

static void test_a_host_of_any_length_is_no_overflow(void **state)
{
    char answer[2048];

    use(1, stage.server.port, 0, 0);
    memset(answer, 'a', sizeof(answer));
    int len = snprintf(answer, sizeof(answer), "*2\r\n$1000\r\n");
    answer[len] = 'a';
    strcpy(answer + len + 1000, "\r\n$1\r\n1\r\n");
    stage.server.answer = answer;
    struct redis *redis = stage_redis();
    stage_until(stage.events[0] != '\0');
    assert_string_equal(stage.events, "redis_down no_master, ");
    redis_free(redis);
}

static void test_a_host_with_a_nul_is_no_host(void **state)
{
    static const char answer[] = "*2\r\n$3\r\na\0b\r\n$4\r\n6379\r\n";

    use(1, stage.server.port, 0, 0);
    stage.server.is_silent = true;
    struct redis *redis = stage_redis();
    stage_until(stage.server.got[0] != '\0');
    send(stage.server.connections[0].fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
    stage_until(stage.events[0] != '\0');
    assert_string_equal(stage.events, "redis_down no_master, ");
    redis_free(redis);
}

/* Real ones. */

static struct redis_process master, replica, sentinel;
static uint16_t dead_port; /* nobody listens there */

static void begin_pair(void)
{
    static char follow[64], watch[512];

    redis_process_make(&master, "repl-diskless-sync-delay 0\n");
    redis_process_start(&master, NULL);
    snprintf(follow, sizeof(follow), "replicaof 127.0.0.1 %u\n", (unsigned)master.port);
    redis_process_make(&replica, follow);
    redis_process_start(&replica, NULL);
    snprintf(watch, sizeof(watch),
             "sentinel monitor shop 127.0.0.1 %u 1\n"
             "sentinel down-after-milliseconds shop 300\n"
             "sentinel failover-timeout shop 2000\n",
             (unsigned)master.port);
    redis_process_make(&sentinel, watch);
    redis_process_start(&sentinel, "--sentinel");
    dead_port = redis_process_free_port();
}

static void test_a_dead_sentinel_is_passed_over(void **state)
{
    begin_pair();
    use(3, dead_port, sentinel.port, dead_port);
    struct redis *redis = stage_redis_up();

    assert_string_equal(stage_ask(redis, "SET a 1"), "OK");
    assert_string_equal(stage.events, "");
    redis_free(redis);
}

static const char *sentinel_says(const char *words)
{
    static char seen[256];
    struct redis_settings settings = stage.settings;

    stage.settings = (struct redis_settings){.is_on = true,
                                             .address = {"127.0.0.1", sentinel.port},
                                             .connect_ms = 1000,
                                             .timeout_ms = 1000};
    struct redis *redis = stage_redis_up();
    snprintf(seen, sizeof(seen), "%s", stage_ask(redis, words));
    redis_free(redis);
    stage.settings = settings;
    return seen;
}

/* Redis looks at the time limit of WAIT ten times in a second only. */
static const char *wait_for_replica(struct redis *redis)
{
    static struct stage_command wait;

    stage_send_until(redis, &wait, "WAIT 1 5000", clock_now_ns() + 6000 * CLOCK_MS);
    stage_until(wait.is_over);
    return wait.seen;
}

static void test_a_failover(void **state)
{
    begin_pair();
    use(1, sentinel.port, 0, 0);
    struct redis *redis = stage_redis_up();
    stage_ask(redis, "SET before 1");
    assert_string_equal(wait_for_replica(redis), "1");
    stage_until(strcmp(sentinel_says("SENTINEL REPLICAS shop"), "array of 1") == 0);

    redis_process_kill(&master);
    stage_until(!redis_is_up(redis));
    stage_until(redis_is_up(redis));
    assert_string_equal(stage_ask(redis, "GET before"), "1");
    assert_string_equal(stage_ask(redis, "SET after 1"), "OK");
    assert_string_equal(stage.events, "redis_down reset, redis_up, ");
    redis_free(redis);
}

static void test_a_replica_is_not_taken_for_the_master(void **state)
{
    char answer[64];

    begin_pair();
    use(1, stage.server.port, 0, 0);
    snprintf(answer, sizeof(answer), "*2\r\n$9\r\n127.0.0.1\r\n$5\r\n%05u\r\n",
             (unsigned)replica.port);
    stage.server.answer = answer;
    struct redis *redis = stage_redis();
    stage_until(stage.events[0] != '\0');
    assert_string_equal(stage.events, "redis_down replica, ");

    snprintf(answer, sizeof(answer), "*2\r\n$9\r\n127.0.0.1\r\n$5\r\n%05u\r\n",
             (unsigned)master.port);
    stage_until(redis_is_up(redis));
    redis_free(redis);
}

static int end(void **state)
{
    struct redis_process *all[] = {&master, &replica, &sentinel};

    for (size_t i = 0; i < 3; i++)
        if (all[i]->directory[0] != '\0')
            redis_process_end(all[i]);
    return stage_end(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, stage_begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_that_are_no_address),
        TEST(a_host_of_any_length_is_no_overflow),
        TEST(a_host_with_a_nul_is_no_host),
        TEST(a_dead_sentinel_is_passed_over),
        TEST(a_failover),
        TEST(a_replica_is_not_taken_for_the_master),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
