/* Tests of plain routes: which route is found, and the target that it makes of a path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/proxy/plain_route.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define T(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct {
    const char *why, *path, *want; /* NULL: refused */
} path_cases[] = {
    {"nothing to do", "/api/users/7", "/api/users/7"},
    {"the root", "/", "/"},
    {"a trailing slash stays", "/a/", "/a/"},
    {"empty segments stay", "/a//b", "/a//b"},
    {"dot", "/a/./b", "/a/b"},
    {"dot at the end", "/a/.", "/a/"},
    {"dot dot", "/a/../b", "/b"},
    {"dot dot at the end", "/a/b/..", "/a/"},
    {"dot dot over an empty segment", "/a//../b", "/a/b"},
    {"dots, encoded", "/a/%2e%2E/b/%2e/c", "/b/c"},
    {"half encoded", "/a/.%2e/b", "/b"},
    {"three dots are a name", "/a/.../b", "/a/.../b"},
    {"above the root", "/..", NULL},
    {"above the root, later", "/a/../../b", NULL},
    {"above the root, encoded", "/%2e%2e/b", NULL},
    {"unreserved bytes are decoded", "/%61dmin/%7Ex", "/admin/~x"},
    {"an encoded slash stays", "/a%2fb/../c", "/c"},
    {"an encoded slash beside dots", "/a/..%2fb", NULL},
    {"a backslash beside dots", "/a/..\\b", NULL},
    {"dots with a parameter", "/a/..;x/b", NULL},
    {"dots, encoded twice", "/a/%252e%252e/b", NULL},
    {"once only", "/%2561", "/%2561"},
    {"others keep their encoding, in upper case", "/%c3%a9%20%3f", "/%C3%A9%20%3F"},
    {"reserved bytes stay as they are", "/a;b=c,d@e:f", "/a;b=c,d@e:f"},
    {"a lone percent sign", "/a%", NULL},
    {"a percent sign and one digit", "/a%4", NULL},
    {"a percent sign and letters", "/a%zz", NULL},
};

static void test_paths(void **state)
{
    for (size_t i = 0; i < COUNT(path_cases); i++) {
        struct pool *pool = pool_new();
        struct text got = {0};
        int failed = plain_path(pool, text_of(path_cases[i].path), &got);
        if (path_cases[i].want == NULL ? failed == 0
                                       : failed != 0 || !text_is(got, path_cases[i].want))
            fail_msg("%s: %s gives \"%.*s\"", path_cases[i].why, path_cases[i].path, (int)got.len,
                     got.len == 0 ? "" : got.at);
        pool_free(pool);
    }
}

static struct text get_put[] = {T("GET"), T("PUT"), {0}};
static struct text post[] = {T("POST"), {0}};

static struct plain_route rows[] = {
    {.path = T("/api/users/"), .to = T("/users/"), .methods = get_put},
    {.path = T("/api/users/"), .to = T("/new/"), .methods = post},
    {.path = T("/api/products"), .to = T("/products")},
    {.path = T("/api/products/"), .to = T("/products/")},
    {.path = T("/api/products/top"), .to = T("/best")},
    {.path = T("/raw/")},
    {.path = T("/v/"), .to = T("/v2/"), .header = {T("x-version"), T("2")}},
    {.path = T("/v/"), .to = T("/v1/")},
    {.path = T("/h/"), .to = T("/shop/"), .host = T("shop.example")},
    {.path = T("/m/"), .methods = get_put},
    {.path = T("/m/"), .methods = get_put, .host = T("a")},
};

static bool has_field(void *cookie, const struct plain_field *field)
{
    assert_true(text_is(field->name, "x-version"));
    return text_equal(field->value, text_of(cookie));
}

static const struct {
    const char *why, *method, *path, *query, *host, *version, *want;
} finding_cases[] = {
    {"a prefix", "GET", "/api/users/7", NULL, "a", NULL, "/users/7"},
    {"HEAD goes with GET", "HEAD", "/api/users/7", NULL, "a", NULL, "/users/7"},
    {"the query stays", "PUT", "/api/users/7", "a=b?c", "a", NULL, "/users/7?a=b?c"},
    {"an empty query stays", "GET", "/api/users/7", "", "a", NULL, "/users/7?"},
    {"another row for a method", "POST", "/api/users/", NULL, "a", NULL, "/new/"},
    {"no row for a method", "DELETE", "/api/users/7", NULL, "a", NULL, "405 GET, HEAD, PUT, POST"},
    {"a method of two rows is told once", "DELETE", "/m/x", NULL, "a", NULL, "405 GET, HEAD, PUT"},
    {"exactly", "GET", "/api/products", NULL, "a", NULL, "/products"},
    {"a prefix is not the path without its slash", "GET", "/api/users", NULL, "a", NULL, "404"},
    {"exact beats prefix", "GET", "/api/products/top", NULL, "a", NULL, "/best"},
    {"exact is exact", "GET", "/api/products/top/1", NULL, "a", NULL, "/products/top/1"},
    {"no replacement", "GET", "/raw/a%2Fb", "q", "a", NULL, "/raw/a%2Fb?q"},
    {"a field decides", "GET", "/v/x", NULL, "a", "2", "/v2/x"},
    {"another value does not", "GET", "/v/x", NULL, "a", "3", "/v1/x"},
    {"a host decides", "GET", "/h/x", NULL, "SHOP.example", NULL, "/shop/x"},
    {"another host does not", "GET", "/h/x", NULL, "a", NULL, "404"},
    {"nothing", "GET", "/nothing", NULL, "a", NULL, "404"},
};

static void test_finding(void **state)
{
    const struct plain_routes routes = {rows, COUNT(rows)};

    for (size_t i = 0; i < COUNT(finding_cases); i++) {
        struct pool *pool = pool_new();
        struct plain_question question = {
            .method = text_of(finding_cases[i].method),
            .path = text_of(finding_cases[i].path),
            .host = text_of(finding_cases[i].host),
            .has_field = has_field,
            .cookie = (void *)(uintptr_t)finding_cases[i].version,
        };
        const struct plain_route *found;
        struct text allow, got = TEXT("404");
        enum plain_result result = plain_route_find(&routes, &question, pool, &found, &allow);
        if (result == PLAIN_FOUND)
            got = plain_route_target(pool, found, question.path, text_of(finding_cases[i].query));
        else if (result == PLAIN_OTHER_METHOD)
            got = pool_print(pool, "405 %.*s", TEXT_ARGS(allow));
        if (!text_is(got, finding_cases[i].want))
            fail_msg("%s: %.*s", finding_cases[i].why, TEXT_ARGS(got));
        pool_free(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_finding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
