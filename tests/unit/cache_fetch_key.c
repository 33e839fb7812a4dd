/* Tests of the key of a part's call: which calls share a stored answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/cache/cache_fetch_key.h"

static const struct bff_service users = {.name = "users"}, user = {.name = "user"};

#define ID "x-request-id: r1\r\n"
#define HEADERS "accept: application/json\r\n" ID

static const struct fetch_ask base = {
    .service = &users,
    .target = {"/users/1", 8},
    .headers = {HEADERS, sizeof(HEADERS) - 1},
    .body_limit = 1000,
    .depth_limit = 10,
};

static struct pool *pool;

static struct text key_of(const struct fetch_ask *ask, bool is_shared)
{
    struct cache_rule rule = {.is_on = true, .is_shared = is_shared};

    return cache_fetch_key(pool, ask, &rule);
}

static struct fetch_ask with_headers(const char *headers)
{
    struct fetch_ask ask = base;

    ask.headers = text_of(headers);
    return ask;
}

static const struct {
    const char *why, *a, *b;
    bool is_same;
} cases[] = {
    {"the same", ID, ID, true},
    {"another request", ID, "x-request-id: r2\r\n", true},
    {"another trace", ID "tracestate: a=1\r\n", ID, true},
    {"another language", "accept-language: de\r\n", "accept-language: fr\r\n", false},
    {"a field that is passed on", "x-tenant: a\r\n", "x-tenant: b\r\n", false},
    {"an empty field", "x-tenant: \r\n", "", false},
    {"an id in another field's value", "x-tenant: x-request-id: 1\r\n",
     "x-tenant: x-request-id: 2\r\n", false},
    {"a name that begins alike", "x-request-id-of: 1\r\n", "x-request-id-of: 2\r\n", false},
};

static void calls_with_other_header_lines(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fetch_ask a = with_headers(cases[i].a), b = with_headers(cases[i].b);
        bool is_same = text_equal(key_of(&a, false), key_of(&b, false));
        bool is_same_when_shared = text_equal(key_of(&a, true), key_of(&b, true));
        if (is_same != cases[i].is_same || is_same_when_shared != cases[i].is_same)
            fail_msg("%s: %d, shared %d", cases[i].why, is_same, is_same_when_shared);
    }
}

static void other_calls_have_other_keys(void **state)
{
    struct fetch_ask others[] = {base, base, base, base, base};
    struct text keys[7];

    others[0].service = &user;
    others[1].target = TEXT("/users/2");
    others[2].target = TEXT("/users/1?x=1");
    others[3].body_limit = 100;
    others[4].depth_limit = 100;
    for (size_t i = 0; i < 5; i++)
        keys[i] = key_of(&others[i], false);
    keys[5] = key_of(&base, false);
    keys[6] = key_of(&base, true);
    for (size_t i = 0; i < 7; i++)
        for (size_t at = 0; at < i; at++)
            assert_false(text_equal(keys[i], keys[at]));
}

/* The service may answer by it, so nobody else may get the answer. */
static void a_shared_call_with_a_credential_has_no_key(void **state)
{
    static const char *const lines[] = {"authorization: Bearer x\r\n", (ID "cookie: a=1\r\n"),
                                        ("cookie: \r\n" ID)};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct fetch_ask ask = with_headers(lines[i]);
        assert_null(key_of(&ask, true).at);
        assert_non_null(key_of(&ask, false).at);
    }
}

static const struct {
    const char *why, *key, *lines;
    bool is_same;
} callers[] = {
    {"the same", "u1", "x-user-id: u1\r\n", true},
    {"another user", "u2", "x-user-id: u2\r\n", false},
    {"nobody", NULL, "", false},
    {"a key that is empty", "", "", false},
    {"a token that was renewed", "u1", "x-user-id: u1\r\nx-identity: e30\r\n", true},
};

static struct text key_for(const char *caller, const char *lines, bool is_shared)
{
    struct fetch_ask ask = base;

    ask.caller_key = caller == NULL ? (struct text){0} : text_of(caller);
    ask.caller = text_of(lines);
    return key_of(&ask, is_shared);
}

static void other_callers_have_other_keys(void **state)
{
    struct text own = key_for("u1", "x-user-id: u1\r\n", false);
    struct text shared = key_for("u1", "x-user-id: u1\r\n", true);

    for (size_t i = 0; i < sizeof(callers) / sizeof(callers[0]); i++) {
        bool is_same = text_equal(key_for(callers[i].key, callers[i].lines, false), own);
        if (is_same != callers[i].is_same)
            fail_msg("%s: %d", callers[i].why, is_same);
        assert_true(text_equal(key_for(callers[i].key, callers[i].lines, true), shared));
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
        cmocka_unit_test(calls_with_other_header_lines),
        cmocka_unit_test(other_calls_have_other_keys),
        cmocka_unit_test(a_shared_call_with_a_credential_has_no_key),
        cmocka_unit_test(other_callers_have_other_keys),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
