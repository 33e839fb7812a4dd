/* Forms, callbacks and answers of a token endpoint, good ones and hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/session/oidc_answer.h"
#include "bff/session/oidc_redirect.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct pool *pool;

static int setup(void **state)
{
    pool = pool_new();
    return 0;
}

static int teardown(void **state)
{
    pool_free(pool);
    return 0;
}

#define BEARER "{\"token_type\":\"Bearer\",\"access_token\":\"a1\""

static const struct {
    const char *json;
    int64_t until_s; /* -1: it is refused */
} answers[] = {
    {BEARER "}", 0},
    {BEARER ",\"expires_in\":60}", 1060},
    {BEARER ",\"expires_in\":\"60\"}", 1060},
    {BEARER ",\"expires_in\":60.9}", 1060},
    {BEARER ",\"expires_in\":0}", 1000},
    {BEARER ",\"expires_in\":null}", 0},
    {BEARER ",\"expires_in\":1e300}", 1000 + INT64_C(3660) * 24 * 3600},
    {BEARER ",\"expires_in\":-1}", -1},
    {BEARER ",\"expires_in\":\"x\"}", -1},
    {BEARER ",\"expires_in\":true}", -1},
    {BEARER ",\"expires_in\":[]}", -1},
    {BEARER ",\"access_token\":\"a2\"}", -1},
    {BEARER ",\"refresh_token\":\"\"}", 0},
    {BEARER ",\"refresh_token\":\"a b\"}", -1},
    {BEARER ",\"refresh_token\":1}", -1},
    {BEARER ",\"id_token\":\"a\\r\\nb\"}", -1},
    {"{\"token_type\":\"bearer\",\"access_token\":\"a1\"}", 0},
    {"{\"token_type\":\"DPoP\",\"access_token\":\"a1\"}", -1},
    {"{\"access_token\":\"a1\"}", -1},
    {"{\"token_type\":\"Bearer\"}", -1},
    {"{\"token_type\":\"Bearer\",\"access_token\":\"\"}", -1},
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a\\nb\"}", -1},
    {"{\"token_type\":\"Bearer\",\"access_token\":\"\\u00e4\"}", -1},
    {"[]", -1},
    {"", -1},
    {"{", -1},
};

static void test_answers(void **state)
{
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct oidc_tokens out;
        int status = oidc_answer_read(text_of(answers[i].json), 1000, pool, &out);
        if ((status == 0) != (answers[i].until_s >= 0))
            fail_msg("%s: %d", answers[i].json, status);
        assert_int_equal(out.access_until_s, status == 0 ? answers[i].until_s : 0);
    }
}

static void test_errors(void **state)
{
    const struct {
        const char *json, *want;
    } cases[] = {
        {"{\"error\":\"invalid_grant\"}", "invalid_grant"},
        {"{\"error\":\"invalid_client\",\"error_description\":\"x\"}", "invalid_client"},
        {"{\"error\":\"Invalid_grant\"}", "other"},
        {"{\"error\":\"<script>\"}", "other"},
        {"{\"error\":{\"code\":\"invalid_grant\"}}", "other"},
        {"{\"error\":\"invalid_grant\",\"error\":\"x\"}", "other"},
        {"invalid_grant", "other"},
        {"", "other"},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(oidc_answer_error(text_of(cases[i].json), pool), cases[i].want);
}

static const struct {
    const char *query, *code; /* code NULL: it is refused; "": there is an error */
} callbacks[] = {
    {"state=s&code=c", "c"},
    {"code=c&state=s&session_state=x&scope=openid", "c"},
    {"state=s&code=a%2Bb+c", "a+b c"},
    {"state=s&error=access_denied&error_description=x%0Ay", ""},
    {"state=s", NULL},
    {"code=c", NULL},
    {"state=&code=c", NULL},
    {"state=s&code=", NULL},
    {"state&code=c", NULL},
    {"state=s&code=c&error=x", NULL},
    {"state=s&code=c&code=c", NULL},
    {"state=s&state=t&code=c", NULL},
    {"state=s&st%61te=t&code=c", NULL},
    {"state=s&code=c&iss=a&iss=b", NULL},
    {"state=s&code=c%0A", NULL},
    {"state=s&code=%", NULL},
    {"state=s&code=%zz", NULL},
    {"state=s&code=c%00", NULL},
    {"", NULL},
};

static void test_callbacks(void **state)
{
    for (size_t i = 0; i < COUNT(callbacks); i++) {
        struct oidc_redirect_back back;
        int status = oidc_redirect_read(text_of(callbacks[i].query), pool, &back);
        if ((status == 0) != (callbacks[i].code != NULL))
            fail_msg("%s: %d", callbacks[i].query, status);
        if (status == 0 && back.code.len > 0)
            assert_true(text_is(back.code, callbacks[i].code));
    }
}

static void test_urls(void **state)
{
    struct session_provider_settings provider = {.client_id = TEXT("shop & co"),
                                                 .scopes = TEXT("openid profile")};
    struct oidc_transaction transaction = {
        .state = TEXT("s"),
        .nonce = TEXT("n"),
        .verifier = TEXT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        .redirect_uri = TEXT("https://shop.example/bff/callback")};
    struct discovery known = {.authorization_endpoint = TEXT("https://id.example/auth?tenant=1"),
                              .end_session_endpoint = TEXT("https://id.example/end")};
    struct oidc_redirect_leave leave = {.id_token = TEXT("i"),
                                        .after = TEXT("https://shop.example/")};

    /* The challenge is that of RFC 7636 appendix B. */
    assert_true(text_is(
        oidc_redirect_login(&known, &provider, &transaction, pool),
        "https://id.example/auth?tenant=1&response_type=code&client_id=shop+%26+co&redirect_uri="
        "https%3A%2F%2Fshop.example%2Fbff%2Fcallback&scope=openid+profile&state=s&nonce=n&"
        "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"));
    assert_true(text_is(oidc_redirect_logout(&known, &provider, &leave, pool),
                        "https://id.example/end?id_token_hint=i&client_id=shop+%26+co&"
                        "post_logout_redirect_uri=https%3A%2F%2Fshop.example%2F"));
    known.end_session_endpoint = (struct text){0};
    assert_null(oidc_redirect_logout(&known, &provider, &leave, pool).at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_callbacks),
        cmocka_unit_test(test_urls),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
