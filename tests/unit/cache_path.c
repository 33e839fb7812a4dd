/* Tests of the spelling of paths for invalidations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/cache/cache_path.h"

static const struct {
    const char *path, *want;
} rows[] = {
    {"", ""},
    {"/users/a@b", "/users/a@b"},
    {"/users/a%40b%3a1", "/users/a@b:1"},
    {"/%21%24%26%27%28%29%2A%2B%2C%3B%3D", "/!$&'()*+,;="},
    {"/%2f%3f%23%25", "/%2F%3F%23%25"},
    {"/%2540", "/%2540"},
    {"/%c3%a9%20%00%7f", "/%C3%A9%20%00%7F"},
    {"/%", "/%"},
    {"/%4", "/%4"},
    {"/%zz%4g", "/%zz%4g"},
    {"/\xc3\xa9 ", "/\xc3\xa9 "},
};

static void a_path_has_one_spelling(void **state)
{
    struct pool *pool = pool_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct text once = cache_path(pool, text_of(rows[i].path));
        if (!text_is(once, rows[i].want) || !text_is(cache_path(pool, once), rows[i].want))
            fail_msg("%s: %.*s", rows[i].path, TEXT_ARGS(once));
    }
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_path_has_one_spelling)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
