/* Tests of a subscription to a channel, with a real redis-server and with one that the test
 * plays. */
#include "bff/store/redis_subscribe.h"

#include "tests/unit/redis_stage.h"

static struct redis_process server;
static char notes[STAGE_NOTES_BYTES]; /* "[a][b]missed " */

static void on_message(void *cookie, struct text payload)
{
    stage_add(notes, "[%.*s]", TEXT_ARGS(payload));
}

static void on_missed(void *cookie) { stage_add(notes, "missed "); }

static const struct redis_subscriber subscriber = {.message = on_message, .missed = on_missed};

static struct redis_subscribe *subscribe(void)
{
    return redis_subscribe_new(&stage.on, &stage.settings, TEXT("purges"), &subscriber, NULL);
}

/* Publishes until somebody gets it. */
static void publish(struct redis *redis, const char *message)
{
    char words[64], want[64];

    snprintf(words, sizeof(words), "PUBLISH purges %s", message);
    snprintf(want, sizeof(want), "[%s]", message);
    stage_until(strcmp(stage_ask(redis, words), "1") == 0);
    stage_until(strstr(notes, want) != NULL);
}

static void test_messages_come_in_order(void **state)
{
    stage_start(&server, "");
    struct redis *redis = stage_redis_up();
    struct redis_subscribe *purges = subscribe();

    publish(redis, "a");
    publish(redis, "b");
    stage_ask(redis, "PUBLISH others c");
    publish(redis, "d");
    assert_string_equal(notes, "[a][b][d]");
    redis_subscribe_free(purges);
    redis_subscribe_free(NULL);
    redis_free(redis);
}

static void test_a_reconnection_tells_that_messages_were_missed(void **state)
{
    stage_start(&server, "");
    struct redis *redis = stage_redis_up();
    struct redis_subscribe *purges = subscribe();

    publish(redis, "a");
    stage_ask(redis, "CLIENT KILL TYPE pubsub");
    publish(redis, "b");
    redis_process_kill(&server);
    redis_process_start(&server, NULL);
    stage_until(redis_is_up(redis));
    publish(redis, "c");
    assert_string_equal(notes, "[a]missed [b]missed [c]");
    redis_subscribe_free(purges);
    redis_free(redis);
}

static void test_a_server_that_was_away_at_the_start(void **state)
{
    stage_start(&server, "");
    redis_process_kill(&server);
    struct redis_subscribe *purges = subscribe();

    stage_wait(20);
    redis_process_start(&server, NULL);
    stage_until(notes[0] != '\0');
    assert_string_equal(notes, "missed ");
    redis_subscribe_free(purges);
}

static void test_a_channel_that_is_refused_is_told_once(void **state)
{
    stage_start(&server, "user default on nopass ~* &others +@all\n");
    struct redis_subscribe *purges = subscribe();

    stage_until(stage.events[0] != '\0');
    stage_wait(400);
    assert_string_equal(stage.events, "redis_subscribe_refused purges, ");
    redis_subscribe_free(purges);
}

#define SUBSCRIBED "*3\r\n$9\r\nsubscribe\r\n$6\r\npurges\r\n:1\r\n"
#define MESSAGE(payload) "*3\r\n$7\r\nmessage\r\n$6\r\npurges\r\n" payload

static const struct {
    const char *why, *bytes;
} garbage[] = {
    {"a status", "+OK\r\n"},
    {"an empty list", "*0\r\n"},
    {"a message without a payload", MESSAGE(":1\r\n")},
    {"an unknown kind", "*3\r\n$4\r\nwhat\r\n$1\r\na\r\n$1\r\nb\r\n"},
    {"nothing", "$-1\r\n"},
    {"no reply", "?\r\n"},
};

static void test_bytes_that_end_the_connection(void **state)
{
    for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
        notes[0] = '\0';
        stage.server.answer = SUBSCRIBED;
        struct redis_subscribe *purges = subscribe();
        unsigned before = stage.server.accepted;
        stage_until(stage.server.accepted == before + 1);
        stage_wait(5);
        stage_say(garbage[i].bytes);
        stage_until(notes[0] != '\0');
        assert_string_equal(notes, "missed ");
        redis_subscribe_free(purges);
    }
}

static void test_a_silent_server_is_left(void **state)
{
    stage.server.is_silent = true;
    struct redis_subscribe *purges = subscribe();

    stage_until(stage.server.accepted == 2);
    stage.server.is_silent = false;
    stage.server.answer = SUBSCRIBED;
    stage_until(notes[0] != '\0');
    redis_subscribe_free(purges);
}

static int begin(void **state)
{
    notes[0] = '\0';
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
        TEST(messages_come_in_order),
        TEST(a_reconnection_tells_that_messages_were_missed),
        TEST(a_server_that_was_away_at_the_start),
        TEST(a_channel_that_is_refused_is_told_once),
        TEST(bytes_that_end_the_connection),
        TEST(a_silent_server_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
