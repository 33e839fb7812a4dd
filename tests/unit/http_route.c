/* Tests of the route that is found for a path, and of its parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/http/route.h"

#define SEGMENTS(...)                                                                              \
    .segments = (const struct text[]) { __VA_ARGS__ }
#define T(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct route routes[] = {
    {T("GET"), SEGMENTS(T("api"), T("products"), T(":id")), .segment_count = 3,
     .target = "product"},
    {T("GET"), SEGMENTS(T("api"), T("products"), T("new")), .segment_count = 3, .target = "new"},
    {T("POST"), SEGMENTS(T("api"), T("products"), T("new")), .segment_count = 3, .target = "make"},
    {T("GET"), SEGMENTS(T("api"), T("a"), T(":x"), T(":y")), .segment_count = 4, .target = "two"},
};

/* want: target and parameters, or the outcome */
static const struct {
    const char *why, *method, *path, *want;
} cases[] = {
    {"a parameter", "GET", "/api/products/7", "product 7"},
    {"HEAD goes with GET", "HEAD", "/api/products/7", "product 7"},
    {"literal text beats a parameter", "GET", "/api/products/new", "new"},
    {"a method of its own", "POST", "/api/products/new", "make"},
    {"two parameters", "GET", "/api/a/1/2", "two 1 2"},
    {"a parameter is decoded once", "GET", "/api/products/a%2520b", "product a%20b"},
    {"%2F is no separator", "GET", "/api/products/a%2Fb", "product a/b"},
    {"dots that climb in another reading", "GET", "/api/products/..%2fusers", "bad"},
    {"and when decoded once more", "GET", "/api/products/%252e%252e", "bad"},
    {"and with a parameter of their own", "GET", "/api/products/..;x=1", "bad"},
    {"three dots are a name", "GET", "/api/products/...", "product ..."},
    {"literal text may be encoded", "GET", "/api/%70roducts/7", "product 7"},
    {"UTF-8", "GET", "/api/products/%C3%A9", "product \xc3\xa9"},
    {"? and # encoded", "GET", "/api/products/%3F%23", "product ?#"},
    {"plus is plus", "GET", "/api/products/a+b", "product a+b"},
    {"another method", "PUT", "/api/products/7", "other GET, HEAD"},
    {"another method, two routes", "PUT", "/api/products/new", "other GET, HEAD, POST"},
    {"a trailing slash is another path", "GET", "/api/products/7/", "none"},
    {"an empty parameter is none", "GET", "/api/products/", "none"},
    {"an empty segment counts", "GET", "/api//products/7", "none"},
    {"too short", "GET", "/api/products", "none"},
    {"case matters", "GET", "/API/products/7", "none"},
    {"the root", "GET", "/", "none"},
    {"nothing", "GET", "", "none"},
    {"dot", "GET", "/api/products/.", "bad"},
    {"dot dot", "GET", "/api/products/..", "bad"},
    {"dot dot, encoded", "GET", "/api/products/%2e%2E", "bad"},
    {"NUL", "GET", "/api/products/a%00", "bad"},
    {"a line feed", "GET", "/api/products/a%0Ab", "bad"},
    {"DEL", "GET", "/api/products/%7f", "bad"},
    {"not UTF-8", "GET", "/api/products/%ff", "bad"},
    {"overlong UTF-8", "GET", "/api/products/%c0%ae", "bad"},
    {"a lone percent sign", "GET", "/api/products/100%", "bad"},
    {"a percent sign and one digit", "GET", "/api/products/%4", "bad"},
    {"a percent sign and no digits", "GET", "/api/products/%zz", "bad"},
    {"a bad one with another method", "PUT", "/api/products/..", "other GET, HEAD"},
};

static void tell(enum route_result result, const struct route_match *match, char out[256])
{
    int at;

    if (result == ROUTE_NONE || result == ROUTE_BAD_PARAMETER) {
        snprintf(out, 256, "%s", result == ROUTE_NONE ? "none" : "bad");
        return;
    }
    if (result == ROUTE_OTHER_METHOD) {
        snprintf(out, 256, "other %.*s", TEXT_ARGS(match->allow));
        return;
    }
    at = snprintf(out, 256, "%s", (const char *)match->route->target);
    for (size_t i = 0, param = 0; i < match->route->segment_count; i++) {
        if (match->route->segments[i].at[0] != ':')
            continue;
        struct text value = match->params[param++];
        at += snprintf(out + at, 256 - (size_t)at, " %.*s", TEXT_ARGS(value));
    }
}

static void test_paths(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pool *pool = pool_new();
        struct route_match match = {0};
        char got[256];
        tell(route_find(routes, sizeof(routes) / sizeof(routes[0]), pool, text_of(cases[i].method),
                        text_of(cases[i].path), &match),
             &match, got);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: %s %s gives \"%s\", not \"%s\"", cases[i].why, cases[i].method,
                     cases[i].path, got, cases[i].want);
        pool_free(pool);
    }
}

static void test_lengths(void **state)
{
    static const struct {
        size_t len;
        enum route_result want;
    } lengths[] = {{256, ROUTE_FOUND}, {257, ROUTE_BAD_PARAMETER}};

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct pool *pool = pool_new();
        struct route_match match = {0};
        char path[512] = "/api/products/";
        size_t prefix = strlen(path);
        memset(path + prefix, 'a', lengths[i].len);
        assert_int_equal(route_find(routes, 1, pool, TEXT("GET"), text_of(path), &match),
                         lengths[i].want);
        pool_free(pool);
    }
}

static void test_many_segments(void **state)
{
    struct pool *pool = pool_new();
    struct route_match match = {0};
    char path[2001];

    for (size_t i = 0; i < 2000; i++)
        path[i] = i % 2 == 0 ? '/' : 'a';
    assert_int_equal(route_find(routes, 4, pool, TEXT("GET"), (struct text){path, 2000}, &match),
                     ROUTE_NONE);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_many_segments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
