/* Tests of cache, routes.*.cache and admin. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define ROUTE "routes: [{path: /a, service: users, "

static void cache_print(const struct plain_route *route, FILE *out)
{
    const struct cache_rule *cache = &route->cache;

    fprintf(out, "%.*s %s", TEXT_ARGS(route->path), cache->is_on ? "on" : "off");
    if (cache->is_on)
        fprintf(out, " %u %u %u %zu%s", cache->ttl_ms, cache->stale_while_revalidate_ms,
                cache->stale_if_error_ms, cache->max_body, cache->is_shared ? " shared" : "");
    for (const struct text *one = cache->vary; one != NULL && one->at != NULL; one++)
        fprintf(out, " %.*s", TEXT_ARGS(*one));
    fprintf(out, "\n");
}

static const struct {
    const char *yaml, *want;
} caches[] = {
    {ROUTE "to: /b}]\n", "/a off\n"},
    {ROUTE "cache: off}]\n", "/a off\n"},
    {ROUTE "cache: {ttl: 300s}}]\n", "/a on 300000 0 0 1048576\n"},
    {ROUTE "cache: {from: response}}]\n", "/a on 0 0 0 1048576\n"},
    {ROUTE "methods: [PUT, HEAD], cache: {ttl: 744h, stale_while_revalidate: 1s, stale_if_error: "
           "2s, vary: [Accept-Language, x-tenant], shared: true, max_body: 1}}]\n",
     "/a on 2678400000 1000 2000 1 shared accept-language x-tenant\n"},
};

static void test_routes(void **state)
{
    for (size_t i = 0; i < COUNT(caches); i++) {
        char got[256] = "";
        struct config config;
        reading_file("web.yaml", caches[i].yaml, strlen(caches[i].yaml));
        if (reading_read("--config web.yaml", &config) != CONFIG_SERVE)
            fail_msg("%s: %s", caches[i].yaml, config.mistakes.lines[0]);
        FILE *out = fmemopen(got, sizeof(got), "w");
        cache_print(&config.routes.rows[0], out);
        fclose(out);
        if (strcmp(got, caches[i].want) != 0)
            fail_msg("%s: got %s, want %s", caches[i].yaml, got, caches[i].want);
        config_free(&config);
    }
}

/* The build's own routes: only the list of products is cached, and mock services send all users the
 * same one. */
static void test_default_routes(void **state)
{
    static const struct bff_service products = {"products", "PRODUCTS_URL", "http://127.0.0.1:1"};
    static const struct bff_service *const services[] = {&products};
    static const struct bff_services table = BFF_TABLE(services);
    static const struct bff_build build = {.name = "web",
                                           .port = 1,
                                           .services = &table,
                                           .routes = &shop_routes,
                                           .mocks = &mock_upstreams};
    static const char *const want[] = {"/api/products on 300000 0 0 1048576\n/api/products/ off\n",
                                       "/api/products on 300000 0 0 1048576 shared\n"
                                       "/api/products/ off\n"};
    char *argv[] = {"bff-web", "--mock", "."};

    for (int i = 0; i < 2; i++) {
        char got[256] = "";
        struct config config;
        assert_int_equal(config_read(1 + 2 * i, argv, &build, &config), CONFIG_SERVE);
        FILE *out = fmemopen(got, sizeof(got), "w");
        for (size_t route = 0; route < config.routes.count; route++)
            cache_print(&config.routes.rows[route], out);
        fclose(out);
        assert_string_equal(got, want[i]);
        config_free(&config);
    }
}

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"no time", ROUTE "cache: {stale_if_error: 1s, shared: true}}]\n",
     "web.yaml:1:61: routes[0].cache.stale_if_error: it needs ttl: 300s or from: "
     "response beside it\n"},
    {"nothing", ROUTE "cache: {}}]\n",
     "web.yaml:1:44: routes[0].cache: it needs ttl: 300s, or from: response\n"},
    {"a time that is not valid", ROUTE "cache: {ttl: soon, stale_if_error: 1s}}]\n",
     "web.yaml:1:50: routes[0].cache.ttl: \"soon\": expected a duration such as 250ms, 1.5s, 5m "
     "or 1h (units: ms, s, m, h)\n"},
    {"two sources", ROUTE "cache: {ttl: 1s, from: response}}]\n",
     "web.yaml:1:60: routes[0].cache.from: it excludes ttl; leave one out\n"},
    {"a source that is not valid", ROUTE "cache: {from: service}}]\n",
     "web.yaml:1:51: routes[0].cache.from: \"service\": expected response\n"},
    {"times out of bounds", ROUTE "cache: {ttl: 0s, stale_while_revalidate: 745h}}]\n",
     "web.yaml:1:50: routes[0].cache.ttl: \"0s\" is out of bounds: expected 1ms to 744h\n"
     "web.yaml:1:78: routes[0].cache.stale_while_revalidate: \"745h\" is out of bounds: expected "
     "0ms to 744h\n"},
    {"on", ROUTE "cache: on}]\n",
     "web.yaml:1:44: routes[0].cache: \"on\": expected off, or a mapping of its settings\n"},
    {"what the key has already", ROUTE "cache: {ttl: 1s, vary: [Cookie, \"*\", \"a b\"]}}]\n",
     "web.yaml:1:61: routes[0].cache.vary: \"Cookie\": each user has answers of their own; and "
     "with shared: true no call sends it\n"
     "web.yaml:1:69: routes[0].cache.vary: \"*\": list the names; an answer that depends on "
     "everything is not cached\n"
     "web.yaml:1:74: routes[0].cache.vary: \"a b\": expected the name of a header, such as "
     "Accept-Language\n"},
    {"a route that only changes data", ROUTE "methods: [POST], cache: {ttl: 1s}}]\n",
     "web.yaml:1:67: routes[0].cache.ttl: only answers to GET and HEAD are stored, and methods has "
     "neither\n"},
    {"the cache", "cache: {memory: 2000GiB, redis: yes, refreshes: 0, ttl: 1}\n",
     "web.yaml:1:17: cache.memory: \"2000GiB\" is out of bounds: expected 0B to 1024GiB\n"
     "web.yaml:1:33: cache.redis: \"yes\": expected auto, true or false\n"
     "web.yaml:1:49: cache.refreshes: \"0\" is out of bounds: expected 1 to 100000\n"
     "web.yaml:1:52: cache.ttl: unknown setting; expected memory, redis, refreshes\n"},
    {"no Redis", "cache: {redis: true}\n",
     "web.yaml:1:16: cache.redis: it needs redis.url, or REDIS_URL of the environment\n"},
    {"Redis for nothing", "redis: {url: redis://a}\ncache: {redis: true, memory: 0}\n",
     "web.yaml:2:16: cache.redis: cache.memory is 0, so nothing is cached\n"},
    {"an address that is not valid", "admin: {listen: \"http://a:1\"}\n",
     "web.yaml:1:17: admin.listen: \"http://a:1\": its host must be an IP address, localhost or "
     "*\n"},
    {"an address of clients", "listen: http://127.0.0.1:9090\nadmin: {listen: localhost:9090}\n",
     "web.yaml:2:17: admin.listen: clients come to the same address (listen); expected another "
     "port\n"},
    {"https without certificate", "admin: {listen: \"https://127.0.0.1:1\"}\n",
     "web.yaml:1:17: admin.listen: https needs tls.certificate and tls.key\n"},
    {"another machine without a token", "admin: {listen: \"http://10.0.0.1:9090\"}\n",
     "web.yaml:1:17: admin.listen: other machines may reach \"http://10.0.0.1:9090\", so it needs "
     "admin.token; or listen on 127.0.0.1 or on unix:/run/bff/admin.sock\n"},
    {"a short token", "admin: {listen: 9090, token: secret-secret}\n",
     "web.yaml:1:30: admin.token: the token is too short; expected 16 bytes at least, such as "
     "those of openssl rand -hex 32\n"},
    {"a token with blanks", "admin: {listen: 9090, token: \"one two three four\"}\n",
     "web.yaml:1:30: admin.token: the token has a blank, or a byte that is not ASCII\n"},
    {"a relative path", "admin: {listen: \"unix:admin.sock\"}\n",
     "web.yaml:1:17: admin.listen: \"unix:admin.sock\": its path must begin with /, as in "
     "unix:/run/bff/admin.sock\n"},
    {"a host with a port", "admin: {listen: 9090, hosts: [\"ops.example:1\"]}\n",
     "web.yaml:1:31: admin.hosts: \"ops.example:1\": expected a host without port, such as "
     "ops.example\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static void test_the_cache(void **state)
{
    static const struct {
        const char *yaml;
        size_t bytes;
        bool is_redis;
    } stores[] = {
        {"", 64 << 20, false},
        {"redis: {url: redis://a}\n", 64 << 20, true},
        {"redis: {url: redis://a}\ncache: {redis: false, memory: 1}\n", 1, false},
        {"redis: {url: redis://a}\ncache: {memory: 0}\n", 0, false},
    };

    for (size_t i = 0; i < COUNT(stores); i++) {
        struct config config;
        reading_file("web.yaml", stores[i].yaml, strlen(stores[i].yaml));
        assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
        assert_int_equal(config.cache_bytes, stores[i].bytes);
        assert_int_equal(config.caches_in_redis, stores[i].is_redis);
        assert_int_equal(config.cache_refreshes, 32);
        config_free(&config);
    }
}

#define TOKEN ", token: 0123456789abcdef"

static void test_admin(void **state)
{
    static const struct {
        const char *text, *listen;
    } cases[] = {
        {"\"http://127.0.0.1:9090\"", "http://127.0.0.1:9090"},
        {"localhost:9090", "localhost:9090"},
        {"\"http://[::1]:9090\"", "http://[::1]:9090"},
        {"9090", "9090"},
        {"\"*:9090\"" TOKEN, "*:9090"},
        {"\"http://10.0.0.1:9090\"" TOKEN, "http://10.0.0.1:9090"},
        {"\"unix:/run/bff/admin.sock\"", "unix:/run/bff/admin.sock"},
        {"9090, hosts: [Ops.example.]", "9090"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char yaml[128];
        struct config config;
        snprintf(yaml, sizeof(yaml), "admin: {listen: %s}\n", cases[i].text);
        reading_file("web.yaml", yaml, strlen(yaml));
        assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
        assert_string_equal(config.admin->text, cases[i].listen);
        assert_int_equal(config.warnings.count, 0);
        if (config.admin_settings.host_count > 0)
            assert_true(text_equal_nocase(config.admin_settings.hosts[0], TEXT("ops.example")));
        config_free(&config);
    }
}

static void test_a_port_alone_is_of_this_machine(void **state)
{
    struct config config;
    struct sockaddr_in address;

    reading_file("web.yaml", "admin: {listen: 9090}\n", strlen("admin: {listen: 9090}\n"));
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    memcpy(&address, &config.admin->address, sizeof(address));
    assert_int_equal(address.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_int_equal(address.sin_port, htons(9090));
    config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes),   cmocka_unit_test(test_default_routes),
        cmocka_unit_test(test_mistakes), cmocka_unit_test(test_the_cache),
        cmocka_unit_test(test_admin),    cmocka_unit_test(test_a_port_alone_is_of_this_machine),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
