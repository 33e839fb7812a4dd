/* Tests of the set of revocations that several processes share: how records are read, and what goes
 * through a real redis-server. Two sets in one process stand for two processes. */
#include "bff/edge/revocation_channel.h"
#include "bff/edge/revocation_record.h"
#include "bff/edge/revocation_tell.h"

#include "tests/unit/redis_stage.h"

static const struct {
    const char *json, *result; /* what is printed again, or what is wrong */
} bodies[] = {
    {"{\"jti\":\"a\"}", "{\"jti\":\"a\"}"},
    {" { \"sid\" : \"a\\u0062\" } ", "{\"sid\":\"ab\"}"},
    {"{\"sub\":\"42\",\"before\":1767225600}", "{\"sub\":\"42\",\"before\":1767225600}"},
    {"{\"before\":7,\"sub\":\"42\",\"until\":9}", "{\"sub\":\"42\",\"before\":7,\"until\":9}"},
    {"{\"jti\":\"a\",\"until\":9}", "{\"jti\":\"a\",\"until\":9}"},
    {"{\"jti\":\"a\",\"before\":7}", "before is only for sub"},
    {"{\"jti\":\"a\",\"sid\":\"b\"}", "expected an object"},
    {"{\"jti\":\"a\",\"jti\":\"b\"}", "expected an object"},
    {"{\"jti\":\"a\",\"and\":1}", "expected an object"},
    {"{\"until\":9}", "expected an object"},
    {"{}", "expected an object"},
    {"[\"jti\"]", "expected an object"},
    {"jti", "the body is no JSON"},
    {"", "the body is no JSON"},
    {"{\"jti\":\"\"}", "jti, sid and sub are texts"},
    {"{\"sub\":42}", "jti, sid and sub are texts"},
    {"{\"jti\":null}", "jti, sid and sub are texts"},
    {"{\"sub\":\"a\",\"before\":1.5}", "before and until are whole seconds"},
    {"{\"sub\":\"a\",\"before\":0}", "before and until are whole seconds"},
    {"{\"sub\":\"a\",\"before\":-7}", "before and until are whole seconds"},
    {"{\"sub\":\"a\",\"before\":\"7\"}", "before and until are whole seconds"},
    {"{\"sub\":\"a\",\"before\":1767225600000}", "before and until are whole seconds"},
    {"{\"sub\":\"a\",\"before\":7,\"before\":8}", "before and until are whole seconds"},
};

static void test_records(void **state)
{
    struct pool *pool = pool_new();

    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct revocation_record record;
        const char *wrong = revocation_record_read(pool, text_of(bodies[i].json), &record);
        struct text seen = wrong != NULL
                               ? text_of(wrong)
                               : revocation_record_print(pool, &record, record.until_s != 0);
        if (strncmp(seen.at, bodies[i].result, strlen(bodies[i].result)) != 0)
            fail_msg("%s: %.*s", bodies[i].json, TEXT_ARGS(seen));
    }
    pool_free(pool);
}

static void test_a_record_without_times(void **state)
{
    struct revocation_record user = {.kind = REVOCATION_SUB}, token = {.kind = REVOCATION_JTI};

    revocation_record_complete(&user, 1000, 60);
    assert_true(user.before_s == 1001 && user.until_s == 1060);
    revocation_record_complete(&token, 1000, 60);
    assert_true(token.before_s == 0 && token.until_s == 1060);
    token.until_s = 1007;
    revocation_record_complete(&token, 1000, 60);
    assert_true(token.until_s == 1007);
}

/* Processes. */

struct instance {
    struct registry *registry;
    struct revocation *revocation;
    struct revocation_view *view;
    struct revocation_channel *channel;
    unsigned settled;
};

static struct redis_process server;
static struct redis *redis;
static struct instance instances[2];

static int64_t now_s(void) { return clock_wall_ms() / 1000; }

static void on_settled(void *cookie) { ((struct instance *)cookie)->settled++; }

static void begin_instance(struct instance *instance)
{
    *instance = (struct instance){.registry = registry_new()};
    instance->revocation = revocation_hold(instance->registry);
    instance->view = revocation_view_new(instance->revocation);
    instance->channel = revocation_channel_new(&stage.on, &stage.settings, redis,
                                               instance->revocation, on_settled, instance);
    assert_int_equal(instance->settled, 0);
}

static void end_instance(struct instance *instance)
{
    revocation_channel_free(instance->channel);
    revocation_view_free(instance->view);
    revocation_release(instance->revocation);
    registry_free(instance->registry);
}

static bool has(struct instance *instance, const char *jti)
{
    struct revocation_asked asked = {.jti = revocation_key(REVOCATION_JTI, text_of(jti))};

    return revocation_has(instance->view, &asked, now_s());
}

static bool is_current(const struct instance *instance)
{
    return revocation_state(instance->view) == REVOCATION_CURRENT;
}

struct telling {
    struct revocation_tell tell;
    int is_told; /* -1: not known yet */
};

static void on_told(struct revocation_tell *tell, bool is_told)
{
    ((struct telling *)tell)->is_told = is_told;
}

static struct revocation_record record_of(const char *jti)
{
    struct revocation_record record = {.kind = REVOCATION_JTI, .what = text_of(jti)};

    revocation_record_complete(&record, now_s(), 3600);
    return record;
}

/* True when the others were told. */
static bool revoke_at(struct instance *instance, const char *jti)
{
    struct telling telling = {.tell.done = on_told, .is_told = -1};
    struct revocation_record record = record_of(jti);
    struct pool *pool = pool_new();
    enum revocation_told told =
        revocation_tell_run(instance->revocation, redis, &telling.tell, pool, &record, now_s());

    assert_true(has(instance, jti));
    assert_int_equal(telling.is_told, -1);
    if (told == REVOCATION_TOLD_WAIT)
        stage_until(telling.is_told >= 0);
    pool_free(pool);
    return telling.is_told == 1;
}

static int begin(void **state)
{
    stage_begin(state);
    stage_start(&server, "");
    redis = stage_redis_up();
    for (size_t i = 0; i < 2; i++)
        begin_instance(&instances[i]);
    stage_until(instances[0].settled == 1 && instances[1].settled == 1);
    return 0;
}

static int end(void **state)
{
    for (size_t i = 0; i < 2; i++)
        end_instance(&instances[i]);
    redis_free(redis);
    redis_process_kill(&server);
    return stage_end(state);
}

static void test_all_processes_learn_of_a_revocation(void **state)
{
    assert_true(revoke_at(&instances[0], "a"));
    stage_until(has(&instances[1], "a"));
    assert_false(has(&instances[1], "b"));
    assert_string_equal(stage_ask(redis, "ZCARD revoked"), "1");
    assert_true(strtoll(stage_ask(redis, "TTL revoked"), NULL, 10) > 3500);
    assert_true(is_current(&instances[0]) && is_current(&instances[1]));
    assert_null(strstr(stage.events, "revocation_"));
}

static void test_a_process_that_begins_reads_the_whole_set(void **state)
{
    char jti[16];

    stage_ask(redis, "ZADD revoked 9999999999 nonsense 1 {\"jti\":\"over\"}");
    for (unsigned i = 0; i < 3000; i++) {
        char words[64];
        snprintf(words, sizeof(words), "ZADD revoked 9999999999 {\"jti\":\"%u\"}", i);
        stage_ask(redis, words);
    }
    end_instance(&instances[1]);
    begin_instance(&instances[1]);
    stage_until(instances[1].settled == 1);
    for (unsigned i = 0; i < 3000; i++) {
        snprintf(jti, sizeof(jti), "%u", i);
        assert_true(has(&instances[1], jti));
    }
    assert_false(has(&instances[1], "over"));
    assert_int_equal(revocation_count(instances[1].revocation), 3000);
}

static void test_the_set_is_read_again_after_a_reconnection(void **state)
{
    revoke_at(&instances[0], "before");
    stage_until(has(&instances[1], "before"));
    redis_process_kill(&server);
    stage_until(!is_current(&instances[0]) && !is_current(&instances[1]));
    assert_true(has(&instances[1], "before"));
    redis_process_start(&server, NULL);
    stage_until(redis_is_up(redis));
    stage_ask(redis, "ZADD revoked 9999999999 {\"jti\":\"missed\"}");
    stage_until(is_current(&instances[0]) && is_current(&instances[1]));
    assert_true(has(&instances[1], "missed") && has(&instances[1], "before"));
    assert_non_null(strstr(stage.events, "revocation_stale"));
    assert_non_null(strstr(stage.events, "revocation_current"));
}

static void test_without_redis_a_revocation_holds_here(void **state)
{
    redis_process_kill(&server);
    stage_until(!redis_is_up(redis));
    assert_false(revoke_at(&instances[0], "a"));
    assert_false(has(&instances[1], "a"));
    struct revocation_record record = record_of("b");
    revocation_tell_alone(instances[0].revocation, redis, &record, now_s());
    assert_true(has(&instances[0], "b"));
    assert_non_null(strstr(stage.events, "revocation_not_told"));
    redis_process_start(&server, NULL);
    stage_until(redis_is_up(redis));
}

static void test_the_set_in_redis_is_bounded(void **state)
{
    struct stage_command command;
    struct text fill[] = {TEXT("EVAL"),
                          TEXT("for i = 1, 100010 do redis.call('ZADD', KEYS[1], 9000000000 + i, "
                               "'{\"jti\":\"' .. i .. '\"}') end return 1"),
                          TEXT("1"), TEXT("revoked")};

    command = (struct stage_command){.command = {.done = stage_on_done}};
    assert_true(redis_send(redis, &command.command, fill, 4, 0));
    stage_until(command.is_over);
    assert_true(revoke_at(&instances[0], "a"));
    assert_string_equal(stage_ask(redis, "ZCARD revoked"), "100000");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_a_record_without_times),
        TEST(test_all_processes_learn_of_a_revocation),
        TEST(test_a_process_that_begins_reads_the_whole_set),
        TEST(test_the_set_is_read_again_after_a_reconnection),
        TEST(test_without_redis_a_revocation_holds_here),
        TEST(test_the_set_in_redis_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
