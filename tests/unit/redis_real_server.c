/* Tests with a real redis-server: users, databases, TLS, a unix socket, a restart, SIGSTOP. */
#include "bff/upstream/trust.h"

#include "tests/unit/redis_stage.h"

static struct redis_process server;

/* A connection that cannot be made because of ${fault}. */
static void expect_fault(const char *fault)
{
    char want[64];

    stage.events[0] = '\0';
    struct redis *redis = stage_redis();
    snprintf(want, sizeof(want), "redis_down %s, ", fault);
    stage_until(stage.events[0] != '\0');
    assert_string_equal(stage.events, want);
    assert_false(redis_is_up(redis));
    redis_free(redis);
}

static void test_a_password(void **state)
{
    stage_start(&server, "requirepass \"se cret\"\n");
    stage.settings.password = TEXT("se cret");
    struct redis *redis = stage_redis_up();
    assert_string_equal(stage_ask(redis, "SET a 1"), "OK");
    redis_free(redis);

    stage.settings.password = TEXT("wrong");
    expect_fault("auth");
    stage.settings.password = (struct text){0};
    expect_fault("auth");
}

/* docs/redis.md shows this line. */
#define USER                                                                                       \
    "user bff on >secret ~rate_limit:* ~cache:* ~api_key:* ~revoked ~session:* ~login:used:* "     \
    "~idempotency:* &* "                                                                           \
    "+@connection +@read +@write +@pubsub +eval +evalsha +time -@dangerous"

static void test_a_user_with_few_rights_and_a_database(void **state)
{
    stage_start(&server, USER "\n");
    stage.settings.user = TEXT("bff");
    stage.settings.password = TEXT("secret");
    stage.settings.database = 7;
    struct redis *redis = stage_redis_up();
    assert_string_equal(stage_ask(redis, "SET rate_limit:a 1"), "OK");
    assert_string_equal(stage_ask(redis, "EVAL return(redis.call('TIME')) 1 cache:a"),
                        "array of 2");
    assert_string_equal(stage_ask(redis, "PUBLISH cache:purge a"), "0");
    assert_int_equal(strncmp(stage_ask(redis, "SET other 1"), "error NOPERM", 12), 0);
    assert_int_equal(strncmp(stage_ask(redis, "FLUSHALL"), "error NOPERM", 12), 0);
    redis_free(redis);

    stage.settings.database = 99;
    expect_fault("auth");
    stage.settings.user = TEXT("nobody");
    expect_fault("auth");
}

static void test_databases_are_separate(void **state)
{
    stage_start(&server, "");
    stage.settings.database = 3;
    struct redis *three = stage_redis_up();
    stage.settings.database = 0;
    struct redis *none = stage_redis_up();

    stage_ask(three, "SET a three");
    assert_string_equal(stage_ask(none, "GET a"), "nil");
    assert_string_equal(stage_ask(three, "GET a"), "three");
    redis_free(three);
    redis_free(none);
}

static void test_a_unix_socket(void **state)
{
    char path[64];

    redis_process_make(&server, "unixsocket redis.sock\n");
    redis_process_start(&server, NULL);
    snprintf(path, sizeof(path), "%s/redis.sock", server.directory);
    stage.settings.socket = path;
    struct redis *redis = stage_redis_up();
    assert_string_equal(stage_ask(redis, "ECHO a"), "a");
    redis_free(redis);
    stage.settings.socket = "/tmp/bff-no-such-socket";
    expect_fault("connect");
}

static const struct {
    const char *why, *host;
    bool is_trusted;
    const char *fault; /* NULL: it works */
} certificates[] = {
    {"the name of the certificate", "localhost", true, NULL},
    {"the address of the certificate", "127.0.0.1", true, "tls"},
    {"another authority", "localhost", false, "tls"},
};

static struct trust *trust_in(const char *directory, const char *file)
{
    char path[64];
    const char *wrong;

    snprintf(path, sizeof(path), "%s/%s", directory, file);
    return trust_new(path, &wrong);
}

static void test_tls(void **state)
{
    char line[512], config[512];
    h2o_multithread_queue_t *queue = h2o_multithread_create_queue(stage.loop);
    h2o_multithread_receiver_t resolver;

    h2o_multithread_register_receiver(queue, &resolver, h2o_hostinfo_getaddr_receiver);
    stage.on.resolver = &resolver;
    redis_process_make(&server, "");
    snprintf(line, sizeof(line),
             "cd %s && for i in a b; do openssl req -x509 -newkey ec -pkeyopt "
             "ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost -addext "
             "subjectAltName=DNS:localhost -keyout $i.key -out $i.pem 2>/dev/null; done",
             server.directory);
    assert_int_equal(system(line), 0);
    snprintf(config, sizeof(config),
             "port 0\ntls-port %u\ntls-cert-file a.pem\ntls-key-file a.key\ntls-ca-cert-file "
             "a.pem\ntls-auth-clients no\n",
             (unsigned)server.port);
    server.config = config;
    redis_process_write_config(&server);
    redis_process_start(&server, NULL);
    for (size_t i = 0; i < sizeof(certificates) / sizeof(certificates[0]); i++) {
        stage.settings.address = (struct redis_address){certificates[i].host, server.port};
        stage.settings.trust =
            trust_in(server.directory, certificates[i].is_trusted ? "a.pem" : "b.pem");
        if (certificates[i].fault != NULL) {
            expect_fault(certificates[i].fault);
        } else {
            struct redis *redis = stage_redis_up();
            assert_string_equal(stage_ask(redis, "ECHO a"), "a");
            redis_free(redis);
        }
        trust_release(stage.settings.trust);
    }
    h2o_multithread_unregister_receiver(queue, &resolver);
    h2o_multithread_destroy_queue(queue);
    free(queue); /* libh2o leaves it */
}

static void test_killed_and_started_again(void **state)
{
    stage_start(&server, "");
    struct redis *redis = stage_redis_up();

    stage.events[0] = '\0';
    redis_process_kill(&server);
    stage_until(!redis_is_up(redis));
    stage_wait(100);
    redis_process_start(&server, NULL);
    stage_until(redis_is_up(redis));
    assert_string_equal(stage_ask(redis, "ECHO a"), "a");
    assert_string_equal(stage.events, "redis_down reset, redis_up, ");
    redis_free(redis);
}

static void test_frozen_and_thawed(void **state)
{
    stage_start(&server, "");
    struct redis *redis = stage_redis_up();

    stage.events[0] = '\0';
    stage.settings.timeout_ms = 50;
    kill(server.pid, SIGSTOP);
    assert_string_equal(stage_ask(redis, "ECHO a"), "down");
    for (int i = 0; i < 50; i++) {
        assert_string_equal(stage_ask(redis, "ECHO a"), "not sent");
        stage_wait(4);
    }
    stage.settings.timeout_ms = STAGE_PATIENCE_MS;
    kill(server.pid, SIGCONT);
    stage_until(redis_is_up(redis));
    assert_string_equal(stage_ask(redis, "ECHO a"), "a");
    assert_string_equal(stage.events, "redis_down timeout, redis_up, ");
    redis_free(redis);
}

static void test_a_full_server_stays_up(void **state)
{
    stage_start(&server, "maxmemory 1\nmaxmemory-policy noeviction\n");
    struct redis *redis = stage_redis_up();

    stage.events[0] = '\0';
    assert_int_equal(strncmp(stage_ask(redis, "SET a 1"), "error OOM", 9), 0);
    assert_string_equal(stage_ask(redis, "GET a"), "nil");
    assert_string_equal(stage.events, "");
    redis_free(redis);
}

static void test_a_master_that_becomes_a_replica(void **state)
{
    stage_start(&server, "");
    struct redis *redis = stage_redis_up();

    stage_ask(redis, "REPLICAOF 127.0.0.1 1");
    stage.events[0] = '\0';
    assert_string_equal(stage_ask(redis, "SET a 1"), "down");
    stage_until(!redis_is_up(redis));
    stage_wait(150);
    assert_string_equal(stage.events, "redis_down replica, ");
    redis_free(redis);
}

static void test_a_cluster_is_said_at_once(void **state)
{
    static char config[64]; /* its second port could be one that the system gives to clients */

    snprintf(config, sizeof(config), "cluster-enabled yes\ncluster-port %u\n",
             (unsigned)redis_process_free_port());
    stage_start(&server, config);
    expect_fault("cluster");
}

static int end(void **state)
{
    redis_process_end(&server);
    return stage_end(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, stage_begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_password),
        TEST(a_user_with_few_rights_and_a_database),
        TEST(databases_are_separate),
        TEST(a_unix_socket),
        TEST(tls),
        TEST(killed_and_started_again),
        TEST(frozen_and_thawed),
        TEST(a_full_server_stays_up),
        TEST(a_master_that_becomes_a_replica),
        TEST(a_cluster_is_said_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
