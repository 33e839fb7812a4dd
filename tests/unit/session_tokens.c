/* Tests of the tokens in the answer of a login service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/session/session_tokens.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct session_login_settings plain = {
    .token = "token", .refresh_token = "refreshToken", .expires_in = "expiresIn"};
static const struct session_login_settings nested = {
    .token = "data.tokens.access", .refresh_token = "data.refresh", .expires_in = "data.ttl"};

static const struct {
    const char *why;
    const struct session_login_settings *settings;
    const char *body, *access, *refresh, *rest;
    int64_t expires_in_s;
} answers[] = {
    {"both", &plain, "{\"token\":\"a.b.c\",\"user\":{\"id\": 1.50},\"refreshToken\":\"r\"}",
     "a.b.c", "r", "{\"user\":{\"id\": 1.50}}", 0},
    {"white space inside values stays", &plain, " { \"a\" : [ 1 , 2 ] , \"token\" : \"x\" } ", "x",
     NULL, "{\"a\":[ 1 , 2 ]}", 0},
    {"the lifetime stays", &plain, "{\"token\":\"x\",\"expiresIn\":3600}", "x", NULL,
     "{\"expiresIn\":3600}", 3600},
    {"a lifetime of centuries", &plain, "{\"token\":\"x\",\"expiresIn\":99999999999}", "x", NULL,
     "{\"expiresIn\":99999999999}", 316224000},
    {"a lifetime that is no number", &plain, "{\"token\":\"x\",\"expiresIn\":\"1h\"}", "x", NULL,
     "{\"expiresIn\":\"1h\"}", 0},
    {"a lifetime that is over", &plain, "{\"token\":\"x\",\"expiresIn\":-5}", "x", NULL,
     "{\"expiresIn\":-5}", 0},
    {"only tokens", &plain, "{\"token\":\"x\",\"refreshToken\":\"y\"}", "x", "y", "{}", 0},
    {"no tokens", &plain, "{\"mfa\":true}", NULL, NULL, "{\"mfa\":true}", 0},
    {"twice: the last one counts, both go", &plain, "{\"token\":\"x\",\"token\":\"y\",\"a\":1}",
     "y", NULL, "{\"a\":1}", 0},
    {"an escaped name", &plain, "{\"t\\u006fken\":\"x\",\"a\":1}", "x", NULL, "{\"a\":1}", 0},
    {"an escaped value", &plain, "{\"token\":\"x\\u0079\"}", "xy", NULL, "{}", 0},
    {"a token that is no string goes, too", &plain, "{\"token\":{\"a\":\"s\"},\"b\":1}", NULL, NULL,
     "{\"b\":1}", 0},
    {"an empty token", &plain, "{\"token\":\"\",\"b\":1}", NULL, NULL, "{\"b\":1}", 0},
    {"deeper members of that name are others", &plain, "{\"a\":{\"token\":\"x\"}}", NULL, NULL,
     "{\"a\":{\"token\":\"x\"}}", 0},
    {"paths", &nested,
     "{\"data\":{\"tokens\":{\"access\":\"x\",\"kind\":\"b\"},\"refresh\":\"y\",\"ttl\":60}}", "x",
     "y", "{\"data\":{\"tokens\":{\"kind\":\"b\"},\"ttl\":60}}", 60},
    {"a path that leads elsewhere", &nested, "{\"data\":[1],\"refresh\":\"y\"}", NULL, NULL,
     "{\"data\":[1],\"refresh\":\"y\"}", 0},
    {"no object", &plain, "[\"token\"]", NULL, NULL, "[\"token\"]", 0},
    {"a string", &plain, "\"x\"", NULL, NULL, "\"x\"", 0},
};

static void assert_text(const char *why, struct text got, const char *want)
{
    if ((got.at == NULL) != (want == NULL) || (want != NULL && !text_is(got, want)))
        fail_msg("%s: \"%.*s\" and not \"%s\"", why, TEXT_ARGS(got), want == NULL ? "-" : want);
}

static void test_answers(void **state)
{
    struct pool *pool = pool_new();
    struct session_tokens got;

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct json body = json_of(text_of(answers[i].body));
        session_tokens_read(body, answers[i].settings, pool, &got);
        assert_text(answers[i].why, got.access, answers[i].access);
        assert_text(answers[i].why, got.refresh, answers[i].refresh);
        assert_int_equal(got.expires_in_s, answers[i].expires_in_s);
        assert_text(answers[i].why, session_tokens_rest(body, answers[i].settings, pool),
                    answers[i].rest);
    }
    pool_free(pool);
}

static void test_tokens_elsewhere(void **state)
{
    const struct session_tokens tokens = {.access = TEXT("aaa.bbb"), .refresh = TEXT("r/r+r")};
    const struct session_tokens none = {0};

    static const struct {
        const char *text;
        bool is_in;
    } rows[] = {
        {"{\"copy\":\"aaa.bbb\"}", true},
        {"r/r+r", true},
        {"aaa.bb r/r+", false},
        {"", false},
        {"{\"copy\":\"r\\/r+r\"}", true},
        {"{\"copy\":\"\\u0072/r\\u002Br\"}", true},
        {"refresh=r%2fr%2Br; Path=/", true},
        {"a%61a%2", false},
        {"aaa.bb\\u006", false},
        {"aaa.bb\\", false},
        {"%61aa.bbb", true},
    };
    struct pool *pool = pool_new();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (session_tokens_are_in(&tokens, text_of(rows[i].text), pool) != rows[i].is_in)
            fail_msg("%s", rows[i].text);
    assert_false(session_tokens_are_in(&tokens, (struct text){0}, pool));
    assert_false(session_tokens_are_in(&none, TEXT("any%20thing"), pool));
    pool_free(pool);
}

static void test_claims(void **state)
{
    struct pool *pool = pool_new();

    (void)state;
    struct text claims = session_tokens_claims(TEXT("e30.eyJleHAiOjE3OTAwMDAwMDB9.c2ln"), pool);
    assert_text("claims", claims, "{\"exp\":1790000000}");
    assert_int_equal(session_tokens_until_s(claims), 1790000000);
    assert_int_equal(session_tokens_until_s(TEXT("{\"exp\":\"soon\"}")), 0);
    assert_int_equal(session_tokens_until_s(TEXT("{\"exp\":1e300}")), 0);
    assert_int_equal(session_tokens_until_s((struct text){0}), 0);
    assert_text("opaque", session_tokens_claims(TEXT("opaque"), pool), NULL);
    assert_text("no JSON", session_tokens_claims(TEXT("e30.e30x.c2ln"), pool), NULL);
    assert_text("no object", session_tokens_claims(TEXT("e30.MQ.c2ln"), pool), NULL);
    pool_free(pool);
}

/* A time that a session could not be read with would sign the user out. */
static void test_ends_in_the_far_future(void **state)
{
    struct session_tokens tokens = {.access = TEXT("opaque"), .expires_in_s = 253402300799};
    struct pool *pool = pool_new();

    (void)state;
    assert_int_equal(session_tokens_access_until_s(&tokens, 1790000000, pool), 253402300799);
    tokens.expires_in_s = 60;
    assert_int_equal(session_tokens_access_until_s(&tokens, 1790000000, pool), 1790000060);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_tokens_elsewhere),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_ends_in_the_far_future),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
