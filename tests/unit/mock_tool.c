/* Tests of the paths that every mock service has in addition to its data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixtures/mock_tool.h"

static struct pool *pool;

static const struct {
    const char *why, *target;
    struct mock_answer want;
} cases[] = {
    {"health", "/health", {.status = 200}},
    {"bytes", "/bytes?size=5", {.status = 200, .made = MOCK_MADE_BYTES, .count = 5}},
    {"no bytes", "/bytes", {.status = 200, .made = MOCK_MADE_BYTES}},
    {"a tebibyte",
     "/bytes?size=1099511627776",
     {.status = 200, .made = MOCK_MADE_BYTES, .count = UINT64_C(1) << 40}},
    {"and no more", "/bytes?size=1099511627777", {.status = 400}},
    {"bytes in chunks",
     "/bytes?chunked=1&size=5",
     {.status = 200, .made = MOCK_MADE_BYTES, .count = 5, .is_chunked = true}},
    {"no chunks", "/bytes?size=5&chunked=0", {.status = 200, .made = MOCK_MADE_BYTES, .count = 5}},
    {"chunks of what", "/bytes?chunked=yes", {.status = 400}},
    {"a size without a value", "/bytes?size", {.status = 400}},
    {"a size in words", "/bytes?size=1KiB", {.status = 400}},
    {"another parameter", "/bytes?sizes=x", {.status = 200, .made = MOCK_MADE_BYTES}},
    {"events",
     "/stream?events=2&interval=30",
     {.status = 200, .made = MOCK_MADE_EVENTS, .count = 2, .interval_ms = 30}},
    {"as many as usual",
     "/stream",
     {.status = 200, .made = MOCK_MADE_EVENTS, .count = 10, .interval_ms = 100}},
    {"too long an interval", "/stream?interval=600001", {.status = 400}},
    {"a socket", "/ws", {.status = 426, .made = MOCK_MADE_SOCKET}},
};

static bool is_same(const struct mock_answer *a, const struct mock_answer *b)
{
    return a->status == b->status && a->made == b->made && a->count == b->count &&
           a->interval_ms == b->interval_ms && a->is_chunked == b->is_chunked;
}

static void tools_answer(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mock_question question = {.method = TEXT("GET"), .target = text_of(cases[i].target)};
        struct mock_answer answer = {0};
        assert_true(mock_tool_answer(&question, pool, &answer));
        if (!is_same(&answer, &cases[i].want))
            fail_msg("%s: %d", cases[i].why, answer.status);
    }
}

static void other_paths_are_not_theirs(void **state)
{
    static const char *const paths[] = {"/", "/healthy", "/bytes/1", "/users", "/ws/"};
    struct mock_answer answer;

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct mock_question question = {.method = TEXT("GET"), .target = text_of(paths[i])};
        if (mock_tool_answer(&question, pool, &answer))
            fail_msg("%s", paths[i]);
    }
}

static int begin(void **state)
{
    pool = pool_new();
    return 0;
}

static int end(void **state)
{
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tools_answer),
        cmocka_unit_test(other_paths_are_not_theirs),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
