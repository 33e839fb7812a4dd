/* Tests of purges as JSON: which texts are one, and that what is printed is read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/cache/cache_purge.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *json;
    enum cache_purge_kind kind;
    const char *what; /* NULL: absent */
} good[] = {
    {"{\"path\":\"/a/b\"}", CACHE_PURGE_PATH, "/a/b"},
    {" { \"prefix\" : \"\\/a%20\\u0062\" } ", CACHE_PURGE_PREFIX, "/a%20b"},
    {"{\"t\\u0061g\":\"product-1\"}", CACHE_PURGE_TAG, "product-1"},
    {"{\"tag\":\"a\\\"b\\\\\"}", CACHE_PURGE_TAG, "a\"b\\"},
    {"{\"all\":true}", CACHE_PURGE_ALL, NULL},
};

static void test_what_is_printed_is_read(void **state)
{
    for (size_t i = 0; i < COUNT(good); i++) {
        struct pool *pool = pool_new();
        struct text json = text_of(good[i].json);
        for (int again = 0; again < 2; again++) {
            struct cache_purge purge = {0};
            struct json_print out;
            assert_null(cache_purge_read(pool, json, &purge));
            assert_int_equal(purge.kind, good[i].kind);
            assert_true(text_equal(purge.what, text_of(good[i].what)));
            json_print_init(&out, pool);
            cache_purge_print(&out, &purge);
            json = json_print_text(&out);
        }
        pool_free(pool);
    }
}

static const char *const bad[] = {
    "",
    "{",
    "null",
    "true",
    "\"path\"",
    "[]",
    "{}",
    "{\"path\":\"/a\",}",
    "{\"path\":null}",
    "{\"path\":[\"/a\"]}",
    "{\"path\":\"\"}",
    "{\"path\":\"a\"}",
    "{\"path\":\"/a b\"}",
    "{\"path\":\"/\\u00e9\"}",
    "{\"path\":\"/a\\u0000\"}",
    "{\"path\":\"/a?\"}",
    "{\"path\":\"/a#\"}",
    "{\"prefix\":\"*\"}",
    "{\"tag\":\"\"}",
    "{\"tag\":\"a,b\"}",
    "{\"tag\":\"a b\"}",
    "{\"tag\":\"\\t\"}",
    "{\"all\":1}",
    "{\"all\":true,\"tag\":\"a\"}",
    "{\"ALL\":true}",
    "{\"path\":\"/a\",\"path\":\"/a\"}",
    "{\"all\":{\"a\":{\"b\":{\"c\":{\"d\":1}}}}}",
    "{\"path\":\"/\xff\"}",
};

static void test_what_is_no_purge(void **state)
{
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct pool *pool = pool_new();
        struct cache_purge purge = {.kind = CACHE_PURGE_TAG};
        if (cache_purge_read(pool, text_of(bad[i]), &purge) == NULL)
            fail_msg("%s is read", bad[i]);
        assert_int_equal(purge.kind, CACHE_PURGE_TAG);
        pool_free(pool);
    }
}

static void test_the_longest(void **state)
{
    static char path[CACHE_PURGE_MOST + 2];

    memset(path, '/', sizeof(path) - 1);
    assert_non_null(cache_purge_check(CACHE_PURGE_PATH, text_of(path)));
    path[CACHE_PURGE_MOST] = '\0';
    assert_null(cache_purge_check(CACHE_PURGE_PATH, text_of(path)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_printed_is_read),
        cmocka_unit_test(test_what_is_no_purge),
        cmocka_unit_test(test_the_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
