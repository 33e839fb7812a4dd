/* Tests of methods, and of lists of methods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/http/method.h"

static void expect_text(struct text got, const char *want)
{
    if (!text_is(got, want))
        fail_msg("got \"%.*s\", want \"%s\"", TEXT_ARGS(got), want);
}

static void test_kinds(void **state)
{
    static const struct {
        const char *name;
        bool is_known, is_idempotent, is_read, has_body;
    } cases[] = {
        {"GET", true, true, true, false},         {"HEAD", true, true, true, false},
        {"POST", true, false, false, true},       {"PUT", true, true, false, true},
        {"PATCH", true, false, false, true},      {"DELETE", true, true, false, false},
        {"OPTIONS", true, true, false, false},    {"get", false, true, false, false},
        {"TRACE", false, true, false, false},     {"GET,", false, true, false, false},
        {"GET, HEAD", false, true, false, false}, {" GET", false, true, false, false},
        {"", false, true, false, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text name = text_of(cases[i].name);
        if (method_is_known(name) != cases[i].is_known ||
            method_is_idempotent(name) != cases[i].is_idempotent ||
            method_is_read(name) != cases[i].is_read || method_has_body(name) != cases[i].has_body)
            fail_msg("\"%s\"", cases[i].name);
    }
}

static void test_taken(void **state)
{
    assert_true(method_is_taken(TEXT("GET"), TEXT("GET")));
    assert_true(method_is_taken(TEXT("GET"), TEXT("HEAD")));
    assert_true(method_is_taken(TEXT("HEAD"), TEXT("HEAD")));
    assert_false(method_is_taken(TEXT("HEAD"), TEXT("GET")));
    assert_false(method_is_taken(TEXT("GET"), TEXT("OPTIONS")));
}

static void test_lists(void **state)
{
    struct pool *pool = pool_new();

    expect_text(method_add(pool, TEXT(""), TEXT("GET")), "GET, HEAD");
    expect_text(method_add(pool, (struct text){0}, TEXT("PUT")), "PUT");
    expect_text(method_add(pool, TEXT("GET, HEAD"), TEXT("PUT")), "GET, HEAD, PUT");
    expect_text(method_add(pool, TEXT("GET, HEAD"), TEXT("HEAD")), "GET, HEAD");
    expect_text(method_join(pool, TEXT("GET, HEAD"), TEXT("PUT, GET")), "GET, HEAD, PUT");
    expect_text(method_join(pool, TEXT(""), TEXT("OPTIONS")), "OPTIONS");
    expect_text(method_join(pool, TEXT("PUT"), (struct text){0}), "PUT");
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
