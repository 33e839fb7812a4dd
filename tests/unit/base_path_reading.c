/* What other readers find in a path: dots that lead up, and separators. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/base/path_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const climbing[] = {
    "..",
    ".",
    "/..",
    "/a/../b",
    "/a/./b",
    "/a/.", /* as they are */
    "/a/..%2fb",
    "/a%2f..",
    "/..%2F..%2Fb",
    "/a%2f.%2fb",
    "/%2e%2e%2fb",
    "/.%2e%2fb", /* slashes */
    "/..\\b",
    "/a\\..\\b",
    "/..%5cb",
    "/a%5C..",
    "/a\\..",
    "/%2e%2e%5cb",
    "..\\", /* backslashes */
    "/..;/b",
    "/..;x=1/b",
    "/.;/b",
    "/..%3b/b",
    "/..%3bx",
    "/%2e%2e;/b",
    "/a/..;", /* parameters */
    "/%252e%252e/b",
    "/..%252fb",
    "/..%255cb",
    "/..%253bb",
    "/.%252e/b", /* twice */
    "/%25252e%25252e/b",
    "/..%2525252fb",
    "/%%32%65%2e/b",
    "/%25%32%65./b", /* and more */
    "/..%00/b",
    "/..%00b",
    "/.%00./b",
    "/..%09/b",
    "/.%0a./b",
    "/..%0d%0a/b",
    "/.\t./b", /* controls */
    "/..%20/b",
    "/..%20b",
    "/%20../b",
    "/%00../b",
    "/%7f..", /* blanks */
    "/..%3fb",
    "/..%23b",
    "/..%3f",
    "/..%253fb", /* ends of paths */
    "/%c0%ae%c0%ae/b",
    "/..%c0%afb",
    "/..%c1%9cb",
    "/%e0%80%ae./b",
    "/%f0%80%80%ae./b", /* overlong */
    "/%f8%80%80%80%ae./b",
    "/%fc%80%80%80%80%ae./b",
    "/%25c0%25ae./b",
    "/%c0%a52e./b",
    "/\xc0\xae\xc0\xae/b",
    "/%ef%bc%8e%ef%bc%8e/b",
    "/..%ef%bc%8fb",
    "/..%ef%bc%bcb", /* full-width */
    "/..%ef%bc%9bb",
    "/%ef%bc%852e./b",
    "/%e2%80%a5/b",
    "/%e2%80%a4./b",
};

static const char *const harmless[] = {
    "",
    "/",
    "/a/b",
    "/...",
    "/.../b",
    "/..a",
    "/a..",
    "/.well-known/x",
    "/a.b",
    "/a..b/c",
    "/a;b=..",
    "/;..",
    "/a%2fb",
    "/a%5cb",
    "/a\\b",
    "/%2f",
    "/a%252fb",
    "/100%25",
    "/a%3f..",
    "/a%2f...",
    "/-..-",
    "/%c3%a9",
    "/%e2%82%ac%2f",
    "/..%c3%a9",
    "/%ff..",
    "/..%ff",
    "/%f0%9f%99%82",
    "/%2e%2e%2e",
    "/%2E%2Ea",
    "/a;v=1;w=2/b",
    "/a,b:c@d",
    "/%c0",
    "/%e0%80",
    "/a%23..",
    "/..%",
    "/..%2",
    "/..%zz",
    "/%ae%ae",
};

static bool has_dots(const char *path)
{
    struct pool *pool = pool_new();
    bool has_dots = path_reading_of(pool, text_of(path)).has_dots;

    pool_free(pool);
    return has_dots;
}

static void test_dots(void **state)
{
    for (size_t i = 0; i < COUNT(climbing); i++)
        if (!has_dots(climbing[i]))
            fail_msg("%s climbs", climbing[i]);
    for (size_t i = 0; i < COUNT(harmless); i++)
        if (has_dots(harmless[i]))
            fail_msg("%s does not climb", harmless[i]);
}

static void test_separators(void **state)
{
    static const struct {
        const char *path;
        size_t separators;
    } cases[] = {
        {"", 0},       {"a", 0},        {"/a/b", 2},       {"/a%2fb", 2},    {"/a\\b", 2},
        {"/a%5Cb", 2}, {"/a%252Fb", 2}, {"/a%25%32fb", 2}, {"/a%c0%afb", 2}, {"/a%ef%bc%8fb", 2},
        {"/a;b", 1},   {"/%2e", 1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pool *pool = pool_new();
        assert_int_equal(path_reading_of(pool, text_of(cases[i].path)).separators,
                         cases[i].separators);
        pool_free(pool);
    }
}

static const struct {
    const char *path, *want;
} lenient[] = {
    {"/api/auth/login", "/api/auth/login"},
    {"/api/auth/login/", "/api/auth/login"},
    {"/api/auth/login//", "/api/auth/login"},
    {"//api//auth/login", "/api/auth/login"},
    {"/api/./auth/login", "/api/auth/login"},
    {"/api/x/../auth/login", "/api/auth/login"},
    {"/api/auth/login/.", "/api/auth/login"},
    {"/api/auth/login/x/..", "/api/auth/login"},
    {"/%61pi/auth/%6Cogin", "/api/auth/login"},
    {"/%61pi/auth/%6cogin", "/api/auth/login"},
    {"/%2561pi/auth/login", "/api/auth/login"},
    {"/api%2fauth%2Flogin", "/api/auth/login"},
    {"/api%252fauth/login", "/api/auth/login"},
    {"/api\\auth%5clogin", "/api/auth/login"},
    {"/api/auth/login;v=1", "/api/auth/login"},
    {"/api;x/auth/login%3bv", "/api/auth/login"},
    {"/api/auth/login%3Fa=b/c", "/api/auth/login"},
    {"/api/auth/login%23/c", "/api/auth/login"},
    {"/api/auth/login%00", "/api/auth/login"},
    {"/api/auth/login%20", "/api/auth/login"},
    {"/api/auth/%20login%0a", "/api/auth/login"},
    {"/api%ef%bc%8fauth/login", "/api/auth/login"},
    {"/api/..%2fapi/auth/login", "/api/auth/login"},
    {"/../api/auth/login", "/api/auth/login"},
    {"/API/auth/Login", "/API/auth/Login"},
    {"/", ""},
    {"//", ""},
    {"/..", ""},
    {"*", "/*"},
    {"/api/.well-known", "/api/.well-known"},
    {"/api/caf%c3%a9", "/api/caf\xc3\xa9"},
    {"/100%25", "/100%"},
    {"/a%zz", "/a%zz"},
};

static void test_the_lenient_reading(void **state)
{
    for (size_t i = 0; i < COUNT(lenient); i++) {
        struct pool *pool = pool_new();
        struct text got = path_reading_lenient(pool, text_of(lenient[i].path));
        if (!text_is(got, lenient[i].want))
            fail_msg("%s is %.*s", lenient[i].path, TEXT_ARGS(got));
        pool_free(pool);
    }
}

/* Each decoding shortens it by two bytes only. Done again and again it would take a second. */
static void test_the_time_does_not_grow_with_the_depth(void **state)
{
    static char path[64 * 1024] = "/..%";
    int64_t began_ns = clock_now_ns();

    for (size_t i = 4; i + 4 < sizeof(path); i += 2)
        memcpy(path + i, "25", 2);
    memcpy(path + sizeof(path) - 4, "2f", 3);
    assert_true(has_dots(path));
    assert_true(clock_now_ns() - began_ns < 200 * CLOCK_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dots),
        cmocka_unit_test(test_separators),
        cmocka_unit_test(test_the_lenient_reading),
        cmocka_unit_test(test_the_time_does_not_grow_with_the_depth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
