/* Tests of the key that a request has for a hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/edge/balance_key.h"
#include "bff/http/cookie.h"
#include "bff/http/request_peer.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A request without a connection. */
static struct {
    struct pool *pool;
    h2o_req_t h2o;
    struct request request;
    struct request_peer peer;
} stage;

static int begin(void **state)
{
    memset(&stage, 0, sizeof(stage));
    stage.pool = pool_new();
    stage.request = (struct request){.h2o = &stage.h2o, .pool = stage.pool, .peer = &stage.peer};
    return 0;
}

static int end(void **state)
{
    pool_free(stage.pool);
    return 0;
}

static void add_field(const char *name, const char *value)
{
    h2o_add_header_by_str((h2o_mem_pool_t *)stage.pool, &stage.h2o.headers, name, strlen(name), 1,
                          name, value, strlen(value));
}

static struct text key(enum service_key_kind kind, const char *name)
{
    struct service_settings settings = {.balance = SERVICE_HASH, .key = {kind, text_of(name)}};

    return balance_key(&stage.request, &settings);
}

static void check(const char *why, struct text got, const char *want)
{
    if ((want == NULL) != (got.at == NULL) || !text_is(got, want))
        fail_msg("%s: \"%.*s\"", why, TEXT_ARGS(got));
}

static struct text address_key(const char *address)
{
    stage.peer.client = text_of(address);
    return key(SERVICE_KEY_ADDRESS, NULL);
}

static void test_the_address(void **state)
{
    static const struct {
        const char *a, *b;
        bool is_same;
    } rows[] = {
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.8", false}, /* nginx takes the first three bytes */
        {"192.0.2.7", "::ffff:192.0.2.7", true},
        {"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
        {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct text a = address_key(rows[i].a), b = address_key(rows[i].b);
        assert_true(a.len > 0 && b.len > 0);
        if (text_equal(a, b) != rows[i].is_same)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
    }
    check("no address", address_key("unknown"), NULL);
    stage.request.peer = NULL;
    check("no peer", key(SERVICE_KEY_ADDRESS, NULL), NULL);
}

static void test_the_query(void **state)
{
    static const struct {
        const char *query, *want;
    } rows[] = {
        {"id=7", "7"},    {"a=1&id=7&id=8", "7"},  {"id=a%20b%2Fc", "a b/c"},
        {"%69d=7", "7"},  {"id=7=8", "7=8"},       {"id=%zz", "%zz"},
        {"", NULL},       {"Id=7&idx=8&id", NULL}, {"id=", ""},
        {"&&id=7&", "7"},
    };

    check("no query", key(SERVICE_KEY_QUERY, "id"), NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        stage.request.query = text_of(rows[i].query);
        check(rows[i].query, key(SERVICE_KEY_QUERY, "id"), rows[i].want);
    }
}

static void test_fields_and_cookies(void **state)
{
    stage.request.host = TEXT("shop.example");
    check("no field", key(SERVICE_KEY_HEADER, "x-tenant"), NULL);
    check("no cookie", key(SERVICE_KEY_COOKIE, "sid"), NULL);
    add_field("x-tenant", "acme");
    add_field("x-tenant", "other");
    add_field("cookie", "a=1; sid=s1; sid=s2");
    check("the first field", key(SERVICE_KEY_HEADER, "x-tenant"), "acme");
    check("Host", key(SERVICE_KEY_HEADER, "host"), "shop.example");
    check("the first cookie", key(SERVICE_KEY_COOKIE, "sid"), "s1");
    check("another cookie", key(SERVICE_KEY_COOKIE, "id"), NULL);
}

static void test_find_a_cookie(void **state)
{
    static const struct {
        const char *field, *want;
    } rows[] = {
        {"sid=1", "1"},     {"a=1;sid=2", "2"}, {"a=1;  sid=2 ; b=3", "2"}, {"sid=\"q\"", "\"q\""},
        {"sid=a=b", "a=b"}, {"sid=", ""},       {"xsid=1; sidx=2", NULL},   {"sid", NULL},
        {"SID=1", NULL},    {"", NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        check(rows[i].field, cookie_find(text_of(rows[i].field), TEXT("sid")), rows[i].want);
}

static void test_path_and_user(void **state)
{
    stage.request.path = TEXT("/api/users/a%20b");
    check("the path", key(SERVICE_KEY_PATH, NULL), "/api/users/a%20b");
    check("nobody", key(SERVICE_KEY_USER, NULL), NULL);
    stage.request.user = TEXT("u7");
    check("a user", key(SERVICE_KEY_USER, NULL), "u7");
}

static void test_only_a_hash_has_a_key(void **state)
{
    struct service_settings settings = {.balance = SERVICE_TWO_CHOICES,
                                        .key = {.kind = SERVICE_KEY_PATH}};

    stage.request.path = TEXT("/");
    check("two choices", balance_key(&stage.request, &settings), NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_address),   TEST(test_the_query),     TEST(test_fields_and_cookies),
        TEST(test_find_a_cookie), TEST(test_path_and_user), TEST(test_only_a_hash_has_a_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
