/* Tests of what a rule counts: which paths and methods it matches, and the keys of requests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/path_reading.h"
#include "bff/http/request_peer.h"
#include "bff/limit/limit_key.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define IP                                                                                         \
    {                                                                                              \
        .kind = LIMIT_KEY_IP                                                                       \
    }
#define USER                                                                                       \
    {                                                                                              \
        .kind = LIMIT_KEY_USER                                                                     \
    }
#define API_KEY                                                                                    \
    {                                                                                              \
        .kind = LIMIT_KEY_API_KEY                                                                  \
    }
#define ROUTE                                                                                      \
    {                                                                                              \
        .kind = LIMIT_KEY_ROUTE                                                                    \
    }
#define SHOP                                                                                       \
    {                                                                                              \
        .kind = LIMIT_KEY_HEADER, .header = { "x-shop", 6 }                                        \
    }

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
    stage.peer.client = TEXT("192.0.2.7");
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

static void expect_key(const struct limit_rule *rule, const char *want)
{
    struct text got = limit_key(&stage.request, rule, TEXT("/api/users/"));

    if (!text_is(got, want))
        fail_msg("%.*s instead of %s", TEXT_ARGS(got), want);
}

/* What ipKeyGenerator of express-rate-limit 8.7.5 gives with the subnet 64. tests/peers compares
 * more addresses with the library itself. */
static void an_address_is_written_as_express_does(void **state)
{
    static const char *const rows[][2] = {
        {"192.0.2.7", "192.0.2.7"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
        {"2001:db8::1", "2001:db8::/64"},
        {"2001:db8:1:2::", "2001:db8:1:2::/64"},
        {"2001:0:0:1::5", "2001:0:0:1::/64"},
        {"::1", "::/64"},
        {"::ffff:1.2.3.4", "1.2.3.4"},
        {"0:0:0:1::", "0:0:0:1::/64"},
        {"1:0:0:0:5::", "1::/64"},
        {"2001:0db8:00A0:000B::1", "2001:db8:a0:b::/64"},
        {"64:ff9b::1.2.3.4", "64:ff9b::/64"},
        {"1:0:0:2::", "1:0:0:2::/64"},
        {"0:1::", "0:1::/64"},
        {"0:0:1:0::", "0:0:1::/64"},
        {"unknown", "unknown"},
    };
    static const struct limit_rule rule = {.key = {IP}, .key_count = 1};

    for (size_t i = 0; i < COUNT(rows); i++) {
        stage.peer.client = text_of(rows[i][0]);
        expect_key(&rule, rows[i][1]);
    }
}

static void a_key_without_a_user_or_a_field_is_the_address(void **state)
{
    static const struct limit_rule by_user = {.key = {USER}, .key_count = 1};
    static const struct limit_rule by_api_key = {.key = {API_KEY}, .key_count = 1};
    static const struct limit_rule by_shop = {.key = {SHOP}, .key_count = 1};

    expect_key(&by_user, "192.0.2.7");
    expect_key(&by_shop, "192.0.2.7");
    expect_key(&by_api_key, "192.0.2.7");
    stage.request.api_key = TEXT("till@shop|1");
    expect_key(&by_api_key, "api_key=till@shop%7c1");
    stage.request.user = TEXT("42");
    add_field("x-shop", "7");
    expect_key(&by_user, "user=42");
    expect_key(&by_shop, "x-shop=7");
    add_field("x-shop", "8");
    expect_key(&by_shop, "x-shop=7,%208");
}

static void parts_are_joined_so_that_no_value_can_pretend_to_be_another_part(void **state)
{
    static const struct limit_rule rule = {.key = {IP, USER, ROUTE, SHOP}, .key_count = 4};

    expect_key(&rule, "192.0.2.7|192.0.2.7|route=/api/users/|192.0.2.7");
    stage.request.user = TEXT("a|route=b");
    add_field("x-shop", "#1 50%");
    expect_key(&rule, "192.0.2.7|user=a%7croute%3db|route=/api/users/|x-shop=%231%2050%25");
}

/* The hash is that of: printf 'a%.0s' $(seq 65) | sha256sum */
static void a_long_value_is_hashed(void **state)
{
    static const struct limit_rule rule = {.key = {USER}, .key_count = 1};
    char value[65];

    memset(value, 'a', sizeof(value));
    stage.request.user = (struct text){value, 64};
    assert_int_equal(limit_key(&stage.request, &rule, (struct text){0}).len,
                     sizeof("user=") - 1 + 64);
    stage.request.user.len = 65;
    expect_key(&rule, "user=#635361c48bb9eab14198e76ea8ab7f1a");
}

/* Rules. */

struct match_case {
    const char *rule, *path;
    bool is_match;
};

static const struct match_case matches[] = {
    {"/api/", "/api/users", true},
    {"/api/", "/api/", true},
    {"/api/", "/api", true},
    {"/api/", "/apis", false},
    {"/api/", "/", false},
    {"/", "/", true},
    {"/", "/x", true},
    {"/", "*", true},
    {"/api/auth/login", "/api/auth/login", true},
    {"/api/auth/login", "/api/auth/loginx", false},
    {"/api/auth/login", "/api/auth/login/x", false},
    {"/api/auth/login", "/api/auth", false},
    {"/api/auth/login", "/api/auth/login/", true},
    {"/api/auth/login", "/api/auth/LOGIN", true},
    {"/api/auth/login", "/%61pi/auth/l%6Fgin", true},
    {"/api/auth/login", "/%2561pi/auth/login", true},
    {"/api/auth/login", "/api//auth/./login", true},
    {"/api/auth/login", "/api/x/../auth/login", true},
    {"/api/auth/login", "/api/auth/login;a=b", true},
    {"/api/auth/login", "/api/auth%2flogin", true},
    {"/api/auth/login", "/api/auth\\login", true},
    {"/api/auth/login", "/api/auth/login%3f", true},
    {"/api/auth/login", "/api/auth/login%00.css", true},
    {"/api/", "/x/..%2fapi/users", true},
    {"/api/caf%C3%A9/", "/api/caf%c3%a9/x", true},
    {"/api/a%20b", "/api/a%20b", true},
    {"/api/a;b", "/api/a;b", true},
    {"/API/", "/api/users", true},
    {"/api//users", "/api/users", true},
};

static void no_spelling_of_a_path_avoids_a_rule(void **state)
{
    for (size_t i = 0; i < COUNT(matches); i++) {
        struct limit_rule rule = {.path = limit_rule_path(stage.pool, text_of(matches[i].rule))};
        struct text path = path_reading_lenient(stage.pool, text_of(matches[i].path));
        if (limit_rule_matches(&rule, TEXT("GET"), path) != matches[i].is_match)
            fail_msg("%s under the rule %s", matches[i].path, matches[i].rule);
    }
}

static void a_rule_for_get_counts_head(void **state)
{
    struct text methods[] = {TEXT("GET"), TEXT("POST"), {0}};
    struct limit_rule rule = {.path = TEXT("/"), .methods = methods};

    assert_true(limit_rule_matches(&rule, TEXT("GET"), TEXT("/a")));
    assert_true(limit_rule_matches(&rule, TEXT("HEAD"), TEXT("/a")));
    assert_true(limit_rule_matches(&rule, TEXT("POST"), TEXT("/a")));
    assert_false(limit_rule_matches(&rule, TEXT("PUT"), TEXT("/a")));
    assert_false(limit_rule_matches(&rule, TEXT("get"), TEXT("/a")));
}

static void a_rule_with_the_user_in_its_key_needs_the_user(void **state)
{
    static const struct limit_rule by_ip = {.key = {IP, ROUTE, SHOP}, .key_count = 3};
    static const struct limit_rule by_user = {.key = {IP, USER}, .key_count = 2};

    assert_false(limit_rule_needs_user(&by_ip));
    assert_true(limit_rule_needs_user(&by_user));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_address_is_written_as_express_does, begin, end),
        cmocka_unit_test_setup_teardown(a_key_without_a_user_or_a_field_is_the_address, begin, end),
        cmocka_unit_test_setup_teardown(
            parts_are_joined_so_that_no_value_can_pretend_to_be_another_part, begin, end),
        cmocka_unit_test_setup_teardown(a_long_value_is_hashed, begin, end),
        cmocka_unit_test_setup_teardown(no_spelling_of_a_path_avoids_a_rule, begin, end),
        cmocka_unit_test(a_rule_for_get_counts_head),
        cmocka_unit_test(a_rule_with_the_user_in_its_key_needs_the_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
