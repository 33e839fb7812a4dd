/* Tests of redis: addresses of the server, and mistakes in them. */
#include "tests/unit/config_reading.h"

#include "bff/config/redis_url.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void settings_print(const struct redis_settings *redis, FILE *out)
{
    if (redis->socket != NULL)
        fprintf(out, "socket %s", redis->socket);
    else
        fprintf(out, "%s:%u", redis->address.host == NULL ? "" : redis->address.host,
                redis->address.port);
    fprintf(out, " %u", redis->database);
    if (redis->user.at != NULL)
        fprintf(out, " user %.*s", TEXT_ARGS(redis->user));
    if (redis->password.at != NULL)
        fprintf(out, " password %.*s", TEXT_ARGS(redis->password));
}

#define HOST "its host must be a name, an IPv4 address, or an IPv6 address in brackets"
#define PORT "its port must be a number from 1 to 65535; an IPv6 address stands in brackets"
#define DATABASE "its database must be a number from 0 to 65535"
#define CLUSTER                                                                                    \
    "Redis Cluster is not supported; name one server, or redis.sentinels with the master behind "  \
    "them"
#define SENTINEL "the addresses of Sentinel servers are written as redis.sentinels"
#define PASSWORD "a password is missing before the @; without a user it is written :password@"
#define SOCKET "the path of a socket begins with /, as in unix:///run/redis.sock"
#define EXPECTED                                                                                   \
    "expected an address such as redis://:password@127.0.0.1:6379/0, rediss://cache.internal or "  \
    "unix:///run/redis.sock"

/* ${want} is what is set, or the words. */
static const struct {
    const char *url, *want;
    bool is_tls;
} urls[] = {
    {"redis://a", "a:6379 0", false},
    {"redis://a/", "a:6379 0", false},
    {"REDIS://a.b:1/15", "a.b:1 15", false},
    {"rediss://a:65535", "a:65535 0", true},
    {"redis://[::1]/2", "::1:6379 2", false},
    {"redis://[2001:db8::7]:7", "2001:db8::7:7 0", false},
    {"redis://a?db=3", "a:6379 3", false},
    {"redis://a/?db=3", "a:6379 3", false},
    {"redis://:p@a", "a:6379 0 password p", false},
    {"rediss://u%3A1:p%40s%25%2Fs@a/1", "a:6379 1 user u:1 password p@s%/s", true},
    {"redis://u:p@q@a", "a:6379 0 user u password p@q", false},
    {"redis://u:a:b@a", "a:6379 0 user u password a:b", false},
    {"redis://:p@/4", ":0 4 password p", false},
    {"unix:///run/redis.sock", "socket /run/redis.sock 0", false},
    {"unix://u:p@/a%20b?db=9", "socket /a b 9 user u password p", false},

    {"", EXPECTED, false},
    {"127.0.0.1:6379", EXPECTED, false},
    {"redis:a", EXPECTED, false},
    {"http://a", "its scheme must be redis, rediss or unix", false},
    {"redis+sentinel://a/mymaster", SENTINEL, false},
    {"redis+cluster://a", CLUSTER, false},
    {"rediss://a:1,b:2", CLUSTER, false},
    {"redis://secret@a", PASSWORD, false},
    {"redis://secret:@a", PASSWORD, false},
    {"redis://:s%zzecret@a",
     "its password has a % without two hexadecimal digits, or a NUL; a % in it is written %25",
     false},
    {"redis://:s%00ecret@a",
     "its password has a % without two hexadecimal digits, or a NUL; a % in it is written %25",
     false},
    {"redis://u%:secret@a", "its user has a % without two hexadecimal digits, or a NUL", false},
    {"redis://::1", HOST, false},
    {"redis://[::1", HOST, false},
    {"redis://[10.0.0.1]", HOST, false},
    {"redis://a b", HOST, false},
    {"redis://:6379", HOST, false},
    {"redis://a:", PORT, false},
    {"redis://a:0", PORT, false},
    {"redis://a:65536", PORT, false},
    {"redis://[::1]x", PORT, false},
    {"redis://a/x", DATABASE, false},
    {"redis://a/1/2", DATABASE, false},
    {"redis://a/65536", DATABASE, false},
    {"redis://a?db=", DATABASE, false},
    {"redis://a/1?db=1", "it names the database twice", false},
    {"redis://a?timeout=1", "after the ? only db=NUMBER is read", false},
    {"unix://run/redis.sock", SOCKET, false},
    {"unix://", SOCKET, false},
};

static void test_urls(void **state)
{
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct pool *pool = pool_new();
        struct redis_settings settings = {.timeout_ms = 7}, before = settings;
        char got[256] = "";
        bool is_tls = false;
        const char *words = redis_url_read(pool, text_of(urls[i].url), &settings, &is_tls);
        FILE *out = fmemopen(got, sizeof(got), "w");
        if (words == NULL)
            settings_print(&settings, out);
        else
            fprintf(out, "%s", words);
        fclose(out);
        if (strcmp(got, urls[i].want) != 0)
            fail_msg("%s: got %s, want %s", urls[i].url, got, urls[i].want);
        assert_int_equal(settings.timeout_ms, 7);
        if (words != NULL)
            assert_memory_equal(&settings, &before, sizeof(before));
        else
            assert_int_equal(is_tls, urls[i].is_tls);
        pool_free(pool);
    }
}

static void test_a_long_socket_and_host(void **state)
{
    char url[512];
    struct pool *pool = pool_new();
    struct redis_settings settings = {0};
    bool is_tls;

    snprintf(url, sizeof(url), "unix:///%0106d", 0);
    assert_null(redis_url_read(pool, text_of(url), &settings, &is_tls));
    snprintf(url, sizeof(url), "unix:///%0107d", 0);
    assert_non_null(redis_url_read(pool, text_of(url), &settings, &is_tls));
    snprintf(url, sizeof(url), "redis://%0256d", 0);
    assert_non_null(redis_url_read(pool, text_of(url), &settings, &is_tls));
    pool_free(pool);
}

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"no server", "redis: {timeout: 10ms}\n", ""},
    {"a server", "redis: {url: \"redis://:secret@a/1\", timeout: 1ms, connect_timeout: 60s}\n", ""},
    {"a variable that is not set is no server", "redis: {url: \"${BFF_NO_REDIS}\"}\n", ""},
    {"no message has the URL", "redis: {url: \"redis://secret@a\"}\n",
     "web.yaml:1:14: redis.url: " PASSWORD "\n"},
    {"times out of bounds", "redis: {timeout: 0ms, connect_timeout: 61s, tiemout: 1}\n",
     "web.yaml:1:18: redis.timeout: \"0ms\" is out of bounds: expected 1ms to 10s\n"
     "web.yaml:1:40: redis.connect_timeout: \"61s\" is out of bounds: expected 1ms to 1m\n"
     "web.yaml:1:45: redis.tiemout: unknown setting; did you mean \"timeout\"?\n"},
    {"no host", "redis: {url: \"redis://:p@/1\"}\n",
     "web.yaml:1:14: redis.url: its host is missing; only with redis.sentinels it has none\n"},
    {"authorities for nothing", "redis: {url: redis://a, ca_file: none.pem}\n",
     "web.yaml:1:34: redis.ca_file: nothing uses it: redis.url does not begin with rediss://\n"
     "web.yaml:1:34: redis.ca_file: \"none.pem\" cannot be read: No such file or directory\n"},
    {"Sentinel", "redis: {url: \"rediss://:p@/1\", sentinels: [a, \"[::1]:2\"], master: b}\n", ""},
    {"Sentinel without URL", "redis: {sentinels: a}\n", ""},
    {"a master of nothing", "redis: {url: redis://a, master: b}\n",
     "web.yaml:1:33: redis.master: it needs redis.sentinels beside it\n"},
    {"Sentinel and a host", "redis: {url: redis://a, sentinels: b}\n",
     "web.yaml:1:14: redis.url: redis.sentinels say where the server is; write the URL without a "
     "host, as in redis://:password@/0, or remove redis.sentinels\n"},
    {"Sentinel servers that are not valid",
     "redis: {sentinels: [\"redis://a\", \"b:x\", \"c d\"]}\n",
     "web.yaml:1:21: redis.sentinels: a Sentinel server is written as HOST:PORT, without a "
     "scheme\n"
     "web.yaml:1:34: redis.sentinels: \"b:x\": " PORT "\n"
     "web.yaml:1:41: redis.sentinels: \"c d\": " HOST "\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static void test_sentinels(void **state)
{
    const char *yaml = "redis: {url: \"rediss://:p@/1\", sentinels: [a, \"[::1]:2\"]}\n";
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    assert_true(config.redis.is_on);
    assert_non_null(config.redis.trust);
    assert_null(config.redis.address.host);
    assert_int_equal(config.redis.sentinel_count, 2);
    assert_string_equal(config.redis.sentinels[0].host, "a");
    assert_int_equal(config.redis.sentinels[0].port, 26379);
    assert_string_equal(config.redis.sentinels[1].host, "::1");
    assert_int_equal(config.redis.sentinels[1].port, 2);
    assert_true(text_is(config.redis.master, "mymaster"));
    config_free(&config);
}

static void test_the_environment_wins(void **state)
{
    const char *yaml = "redis: {url: \"rediss://u:p@a/1\"}\n";
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    setenv("REDIS_URL", "redis://b:7\n", 1);
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    assert_string_equal(config.redis.address.host, "b");
    assert_int_equal(config.redis.address.port, 7);
    assert_int_equal(config.redis.database, 0);
    assert_null(config.redis.password.at);
    assert_null(config.redis.trust);
    config_free(&config);

    setenv("REDIS_URL", "redis://a,b", 1);
    assert_int_equal(reading_read("", &config), CONFIG_EXIT_BAD);
    assert_string_equal(config.mistakes.lines[0], "REDIS_URL: " CLUSTER);
    config_free(&config);
    unsetenv("REDIS_URL");
}

static size_t warnings_of(const char *yaml)
{
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    assert_int_equal(reading_read("--config web.yaml --check", &config), CONFIG_CHECK);
    size_t count = config.warnings.count;
    if (count > 0)
        assert_string_equal(config.warnings.lines[0],
                            "web.yaml:1:14: redis.url: its variable is not set, so there is no "
                            "Redis; if it may be missing, write ${NAME:-}");
    config_free(&config);
    return count;
}

static void test_a_variable_that_is_not_set_is_warned_of(void **state)
{
    assert_int_equal(warnings_of("redis: {url: \"${BFF_NO_REDIS}\"}\n"), 1);
    assert_int_equal(warnings_of("redis: {url: \"${BFF_NO_REDIS:-}\"}\n"), 0);
    assert_int_equal(warnings_of("redis: {url: }\n"), 0);
    setenv("REDIS_URL", "redis://b", 1);
    assert_int_equal(warnings_of("redis: {url: \"${BFF_NO_REDIS}\"}\n"), 0);
    unsetenv("REDIS_URL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_a_long_socket_and_host),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_sentinels),
        cmocka_unit_test(test_the_environment_wins),
        cmocka_unit_test(test_a_variable_that_is_not_set_is_warned_of),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
