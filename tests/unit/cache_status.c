/* How Cache-Status is written (RFC 9211). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/cache/cache_status.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NAME .name = {"bff-web", 7}

static const struct {
    const char *want;
    struct cache_status status;
} cases[] = {
    {"bff-web; hit; ttl=30", {NAME, .has_ttl = true, .ttl_s = 30}},
    {"bff-web; hit; ttl=-5", {NAME, .has_ttl = true, .ttl_s = -5}},
    {"bff-web; fwd=miss; stored", {NAME, .forward = CACHE_STATUS_MISS, .is_stored = true}},
    {"bff-web; fwd=uri-miss; stored; ttl=60",
     {NAME, .forward = CACHE_STATUS_URI_MISS, .is_stored = true, .has_ttl = true, .ttl_s = 60}},
    {"bff-web; fwd=vary-miss", {NAME, .forward = CACHE_STATUS_VARY_MISS}},
    {"bff-web; fwd=stale; fwd-status=304", {NAME, .forward = CACHE_STATUS_STALE, .status = 304}},
    {"bff-web; fwd=request", {NAME, .forward = CACHE_STATUS_REQUEST}},
    {"bff-web; fwd=bypass", {NAME, .forward = CACHE_STATUS_BYPASS}},
    {"bff-web; fwd=method", {NAME, .forward = CACHE_STATUS_METHOD}},
    {"bff-web; fwd=partial", {NAME, .forward = CACHE_STATUS_PARTIAL}},
    {"bff-web; fwd=uri-miss; collapsed",
     {NAME, .forward = CACHE_STATUS_URI_MISS, .is_collapsed = true}},
    {"bff-web; hit; detail=stale-if-error", {NAME, .detail = {"stale-if-error", 14}}},
    {"bff-web; hit; detail=\"two words\"", {NAME, .detail = {"two words", 9}}},
    {"bff-web; hit; detail=\"a\\\"b\\\\c\"", {NAME, .detail = {"a\"b\\c", 5}}},
    {"bff-web; hit; detail=\"a??b\"", {NAME, .detail = {"a\r\nb", 4}}},
    {"bff-web; hit; detail=\"1a\"", {NAME, .detail = {"1a", 2}}},
    {"\"my cache\"; hit", {.name = {"my cache", 8}}},
    {"a/b:c; hit", {.name = {"a/b:c", 5}}},
    {"\"\"; hit", {.name = {"", 0}}},
};

static void test_each_status(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text_builder out = {0};

        cache_status_print(&out, &cases[i].status);
        if (!text_is(text_builder_text(&out), cases[i].want))
            fail_msg("%s: %.*s", cases[i].want, TEXT_ARGS(text_builder_text(&out)));
        text_builder_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_status)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
