/* Tests of the scope of a route: routes that send different requests have different scopes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/proxy/proxy_scope.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void test_different_requests_have_different_scopes(void **state)
{
    struct plain_field tenant_a = {TEXT("x-tenant"), TEXT("a")};
    struct plain_field tenant_b = {TEXT("x-tenant"), TEXT("b")};
    struct plain_field no_tenant = {TEXT("x-tenant"), {NULL, 0}};
    struct plain_field one = {TEXT("a"), TEXT("1")}, any = {TEXT("a"), {NULL, 0}};
    const struct plain_route routes[] = {
        {.path = TEXT("/a/")},
        {.path = TEXT("/a/"), .match = {.query = {&one, 1}}},
        {.path = TEXT("/a/"), .match = {.query = {&any, 1}}},
        {.path = TEXT("/a/"), .match = {.cookie = {&one, 1}}},
        {.path = TEXT("/a/"), .match = {.cookie = {&any, 1}}},
        {.path = TEXT("/b/")},
        {.path = TEXT("/a/"), .to = TEXT("/")},
        {.path = TEXT("/a/"), .to = TEXT("")},
        {.path = TEXT("/a/"), .host = TEXT("a.example")},
        {.path = TEXT("/a/"), .host = TEXT("b.example")},
        {.path = TEXT("/a/"), .header = {TEXT("x-a"), {NULL, 0}}},
        {.path = TEXT("/a/"), .header = {TEXT("x-a"), TEXT("1")}},
        {.path = TEXT("/a/"), .header = {TEXT("x-a"), TEXT("")}},
        {.path = TEXT("/a/"), .request = {&tenant_a, 1}},
        {.path = TEXT("/a/"), .request = {&tenant_b, 1}},
        {.path = TEXT("/a/"), .request = {&no_tenant, 1}},
        {.path = TEXT("/a/"), .header = {TEXT("x-tenant"), TEXT("a")}},
        {.path = TEXT("/a/"), .keeps_host = true},
    };
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(routes); i++)
        for (size_t j = 0; j < COUNT(routes); j++)
            if (text_equal(proxy_scope(pool, &routes[i]), proxy_scope(pool, &routes[j])) !=
                (i == j))
                fail_msg("routes %zu and %zu", i, j);
    pool_free(pool);
}

/* What does not reach the service does not count. */
static void test_other_settings_do_not_change_the_scope(void **state)
{
    struct pool *pool = pool_new();
    struct plain_field field = {TEXT("x-tenant"), TEXT("a")};
    struct plain_route bare = {.path = TEXT("/a/")};
    struct plain_route more = {.path = TEXT("/a/"),
                               .response = {&field, 1},
                               .first_byte_ms = 5,
                               .cache = {.is_on = true, .ttl_ms = 7}};

    assert_true(text_equal(proxy_scope(pool, &more), proxy_scope(pool, &bare)));
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_different_requests_have_different_scopes),
        cmocka_unit_test(test_other_settings_do_not_change_the_scope),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
