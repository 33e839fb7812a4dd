/* Tests of the settings for incoming requests: CORS, limits, trusted proxies, the log; and of the
 * settings for health checks. */
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define STAR "expected * only as the whole first name of a host, as in https://*.shop.example\n"

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"origins", "cors: {origins: [\"https://shop.example\", \"http://localhost:3000\"]}\n", ""},
    {"origins that no browser sends",
     "cors: {origins: [\"https://a/\", \"https://a:443\", \"a.example\", \"null\"]}\n",
     "web.yaml:1:18: cors.origins: \"https://a/\": browsers write it as https://a\n"
     "web.yaml:1:32: cors.origins: \"https://a:443\": browsers write it as https://a\n"
     "web.yaml:1:49: cors.origins: \"a.example\": expected an origin such as https://shop.example "
     "or http://localhost:3000\n"
     "web.yaml:1:62: cors.origins: \"null\": expected an origin such as https://shop.example or "
     "http://localhost:3000\n"},
    {"an origin with a path", "cors: {origins: https://a/b}\n",
     "web.yaml:1:17: cors.origins: \"https://a/b\": expected an origin such as "
     "https://shop.example or http://localhost:3000\n"},
    {"every origin, as the user", "cors: {origins: \"*\"}\n",
     "web.yaml:1:17: cors.origins: \"*\" lets every page act as the user; list the origins, or set "
     "cors.credentials to false\n"},
    {"every origin, as nobody", "cors: {origins: \"*\", credentials: false}\n", ""},
    {"patterns", "cors: {origins: [\"https://*.shop.example\", \"http://*.localhost:3000\"]}\n",
     ""},
    {"patterns that are not valid",
     "cors:\n  origins:\n  - https://*shop.example\n  - https://a.*.example\n  - "
     "https://*.*.example\n"
     "  - https://*.example\n  - https://*.shop.example/\n  - \"*.shop.example\"\n"
     "  - https://*.10.0.0.1\n  - https://*.shop.example:443\n  - http://localhost:*\n"
     "  - \"*://a.example\"\n",
     "web.yaml:3:5: cors.origins: \"https://*shop.example\": " STAR
     "web.yaml:4:5: cors.origins: \"https://a.*.example\": " STAR
     "web.yaml:5:5: cors.origins: \"https://*.*.example\": " STAR
     "web.yaml:6:5: cors.origins: \"https://*.example\": expected two names at least after *, as "
     "in "
     "https://*.shop.example\n"
     "web.yaml:7:5: cors.origins: \"https://*.shop.example/\": browsers write it as "
     "https://*.shop.example\n"
     "web.yaml:8:5: cors.origins: \"*.shop.example\": " STAR
     "web.yaml:9:5: cors.origins: \"https://*.10.0.0.1\": an address has no names that * could be\n"
     "web.yaml:10:5: cors.origins: \"https://*.shop.example:443\": browsers write it as "
     "https://*.shop.example\n"
     "web.yaml:11:5: cors.origins: \"http://localhost:*\": " STAR
     "web.yaml:12:5: cors.origins: \"*://a.example\": " STAR},
    {"exposed headers", "cors: {expose: [X-Total-Count, link]}\n", ""},
    {"exposed headers that are not valid", "cors: {expose: [\"*\", \"a b\", Set-Cookie]}\n",
     "web.yaml:1:17: cors.expose: \"*\": list the names: with credentials a browser takes * as a "
     "name\n"
     "web.yaml:1:22: cors.expose: \"a b\": expected the name of a header, such as X-Total-Count\n"
     "web.yaml:1:29: cors.expose: \"Set-Cookie\": no browser shows it to a script\n"},
    {"parts of a second", "cors: {max_age: 1500ms}\n",
     "web.yaml:1:17: cors.max_age: \"1500ms\": expected whole seconds\n"},

    {"limits out of bounds",
     "limits: {header_bytes: 1KB, header_fields: 101, connections: -1, http2_streams: 0, "
     "http2_resets: {burst: 0}, idle_timeout: 99ms}\n",
     "web.yaml:1:24: limits.header_bytes: \"1KB\" is out of bounds: expected 1KiB to 256KiB\n"
     "web.yaml:1:44: limits.header_fields: \"101\" is out of bounds: expected 1 to 100\n"
     "web.yaml:1:62: limits.connections: \"-1\": expected a whole number\n"
     "web.yaml:1:81: limits.http2_streams: \"0\" is out of bounds: expected 1 to 1000\n"
     "web.yaml:1:106: limits.http2_resets.burst: \"0\" is out of bounds: expected 1 to 100000\n"
     "web.yaml:1:124: limits.idle_timeout: \"99ms\" is out of bounds: expected 100ms to 1h\n"},
    {"a section for a number", "limits: {http2_resets: 3}\n",
     "web.yaml:1:24: limits.http2_resets: expected a mapping with some of: burst, rate\n"},

    {"the headers of proxies", "trusted_headers: X-Real-IP\n",
     "web.yaml:1:18: trusted_headers: \"X-Real-IP\": expected x-forwarded or forwarded\n"},
    {"proxies", "trusted_proxies: [10.0.0.1/8, proxy.internal]\n",
     "web.yaml:1:19: trusted_proxies: \"10.0.0.1/8\": the address has bits set behind its prefix; "
     "is another network meant?\n"
     "web.yaml:1:31: trusted_proxies: \"proxy.internal\": expected an IP address, or a network "
     "such as 10.0.0.0/8 or 2001:db8::/32\n"},
    {"the log", "access_log: no\n", "web.yaml:1:13: access_log: \"no\": expected true or false\n"},

    {"health",
     "services: {users: {health: on}, orders: {health: {path: health, interval: 1ms, pth: /}}}\n",
     "web.yaml:1:28: services.users.health: \"on\": expected off, or a mapping of its settings\n"
     "web.yaml:1:57: services.orders.health.path: \"health\": it must begin with /\n"
     "web.yaml:1:75: services.orders.health.interval: \"1ms\" is out of bounds: expected 100ms to "
     "1h\n"
     "web.yaml:1:80: services.orders.health.pth: unknown setting; did you mean \"path\"?\n"},
    {"a path that is not valid", "services: {users: {health: {path: \"/a b\"}}}\n",
     "web.yaml:1:35: services.users.health.path: \"/a b\": it holds a byte that must be written as "
     "% and two digits\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static void read_into(struct config *config, const char *yaml)
{
    reading_file("web.yaml", yaml, strlen(yaml));
    if (reading_read("--config web.yaml", config) != CONFIG_SERVE)
        fail_msg("%s", config->mistakes.lines[0]);
}

static void test_cors(void **state)
{
    struct config config;

    read_into(&config, "cors: {origins: [\"HTTPS://Shop.Example\", \"http://[::1]:3000\"], "
                       "max_age: 1m}\n");
    assert_int_equal(config.cors.origin_count, 2);
    assert_true(text_is(config.cors.origins[0], "https://shop.example"));
    assert_true(text_is(config.cors.origins[1], "http://[::1]:3000"));
    assert_true(config.cors.credentials);
    assert_false(config.cors.allows_any);
    assert_int_equal(config.cors.max_age_seconds, 60);
    config_free(&config);

    read_into(&config, "cors: {origins: \"*\", credentials: false}\n");
    assert_int_equal(config.cors.origin_count, 0);
    assert_true(config.cors.allows_any);
    assert_false(config.cors.credentials);
    config_free(&config);
}

static void test_limits(void **state)
{
    struct config config;

    read_into(&config,
              "limits: {header_bytes: 4KiB, header_fields: 50, target_bytes: 1KiB, body: 2MiB, "
              "connections: 7, connections_per_address: 3, header_timeout: 1s, body_timeout: 2s, "
              "idle_timeout: 3s, stall_timeout: 4s, min_rate: 1KiB, http2_streams: 8, "
              "http2_resets: {burst: 9, rate: 10}}\n");
    struct server_limits want = {.header_fields = 50,
                                 .header_bytes = 4096,
                                 .target_bytes = 1024,
                                 .connections = 7,
                                 .connections_per_address = 3,
                                 .header_ms = 1000,
                                 .body_ms = 2000,
                                 .idle_ms = 3000,
                                 .stall_ms = 4000,
                                 .min_rate = 1024,
                                 .http2_requests = 8,
                                 .resets_at_once = 9,
                                 .resets_per_second = 10,
                                 .wasted_bytes = limits_default.wasted_bytes};
    assert_int_equal(config.limits.header_fields, want.header_fields);
    assert_int_equal(config.limits.header_bytes, want.header_bytes);
    assert_int_equal(config.limits.target_bytes, want.target_bytes);
    assert_int_equal(config.limits.connections, want.connections);
    assert_int_equal(config.limits.connections_per_address, want.connections_per_address);
    assert_int_equal(config.limits.header_ms, want.header_ms);
    assert_int_equal(config.limits.body_ms, want.body_ms);
    assert_int_equal(config.limits.idle_ms, want.idle_ms);
    assert_int_equal(config.limits.stall_ms, want.stall_ms);
    assert_int_equal(config.limits.http2_requests, want.http2_requests);
    assert_int_equal(config.limits.resets_at_once, want.resets_at_once);
    assert_int_equal(config.limits.resets_per_second, want.resets_per_second);
    assert_int_equal(config.limits.wasted_bytes, want.wasted_bytes);
    assert_int_equal(config.request_limit, 2 << 20);
    config_free(&config);
}

static bool has_text(const struct trusted *trusted, struct text address)
{
    struct ip ip;

    return ip_read(address, &ip) && trusted_has(trusted, &ip);
}

static void test_proxies_and_log(void **state)
{
    struct config config;

    read_into(&config, "trusted_proxies: [10.0.0.0/8, \"::1\"]\naccess_log: false\n"
                       "io_uring: false\n");
    assert_int_equal(config.trusted.count, 2);
    assert_true(has_text(&config.trusted, TEXT("10.1.2.3")));
    assert_true(has_text(&config.trusted, TEXT("::1")));
    assert_false(has_text(&config.trusted, TEXT("192.0.2.1")));
    assert_false(config.trusted.reads_forwarded);
    assert_false(config.has_access_log);
    assert_false(config.may_use_io_uring);
    config_free(&config);

    read_into(&config, "trusted_headers: forwarded\ntrusted_proxies: 10.0.0.0/8\n");
    assert_int_equal(config.trusted.count, 1);
    assert_true(config.trusted.reads_forwarded);
    assert_true(config.has_access_log);
    assert_true(config.may_use_io_uring);
    config_free(&config);
}

static void test_health(void **state)
{
    struct config config;

    read_into(&config, "services:\n  users: {health: off}\n  orders: {health: {path: \"/up?a=b\", "
                       "interval: 1s, timeout: 100ms, essential: true}}\n");
    const struct service_settings *users = &config.services[0], *orders = &config.services[1];
    assert_null(users->health.path);
    assert_int_equal(users->health.interval_ms, 5000);
    assert_string_equal(orders->health.path, "/up?a=b");
    assert_int_equal(orders->health.interval_ms, 1000);
    assert_int_equal(orders->health.timeout_ms, 100);
    assert_true(orders->health.is_essential);
    assert_false(users->health.is_essential);
    config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes), cmocka_unit_test(test_cors),
        cmocka_unit_test(test_limits),   cmocka_unit_test(test_proxies_and_log),
        cmocka_unit_test(test_health),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
