/* What an ID token and a logout token must say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/session/oidc_claims.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NOW 1000000
#define BASE "\"iss\":\"https://id.example\",\"sub\":\"u1\",\"exp\":1000300,\"iat\":1000000"
#define GOOD "{" BASE ",\"aud\":\"shop\",\"nonce\":\"n1\""
#define EVENTS "\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":{}}"
#define LOGOUT "{" BASE ",\"aud\":\"shop\",\"jti\":\"j1\",\"sid\":\"s1\"," EVENTS

static const struct session_provider_settings provider = {
    .name = {"id", 2},
    .issuer = {"https://id.example", 18},
    .client_id = {"shop", 4},
};

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

static struct jwt token_of(const char *claims, const char *typ)
{
    return (struct jwt){.algorithm = JWT_RS256, .typ = text_of(typ), .claims = text_of(claims)};
}

static const struct {
    const char *why, *claims, *fault; /* fault NULL: it is good */
} cases[] = {
    {"all is well", GOOD "}", NULL},
    {"a list of one audience", "{" BASE ",\"aud\":[\"shop\"],\"nonce\":\"n1\"}", NULL},
    {"azp is ours", GOOD ",\"azp\":\"shop\"}", NULL},
    {"several audiences and azp",
     "{" BASE ",\"aud\":[\"a\",\"shop\"],\"azp\":\"shop\",\"nonce\":\"n1\"}", NULL},
    {"several audiences, no azp", "{" BASE ",\"aud\":[\"a\",\"shop\"],\"nonce\":\"n1\"}",
     "audience"},
    {"azp of another client", GOOD ",\"azp\":\"other\"}", "audience"},
    {"azp is a list", GOOD ",\"azp\":[\"shop\"]}", "audience"},
    {"another audience", "{" BASE ",\"aud\":\"shop2\",\"nonce\":\"n1\"}", "audience"},
    {"the audience in other letters", "{" BASE ",\"aud\":\"Shop\",\"nonce\":\"n1\"}", "audience"},
    {"no audience", "{" BASE ",\"nonce\":\"n1\"}", "audience"},
    {"an empty list of audiences", "{" BASE ",\"aud\":[],\"nonce\":\"n1\"}", "audience"},
    {"another issuer",
     "{\"iss\":\"https://id.example/\",\"sub\":\"u1\",\"exp\":1000300,\"iat\":1000000,\"aud\":"
     "\"shop\",\"nonce\":\"n1\"}",
     "issuer"},
    {"no issuer", "{\"sub\":\"u1\",\"exp\":1000300,\"iat\":1000000,\"aud\":\"shop\"}", "issuer"},
    {"two issuers", GOOD ",\"iss\":\"https://id.example\"}", "id_token"},
    {"another nonce", "{" BASE ",\"aud\":\"shop\",\"nonce\":\"n2\"}", "nonce"},
    {"no nonce", "{" BASE ",\"aud\":\"shop\"}", "nonce"},
    {"the nonce in a list", "{" BASE ",\"aud\":\"shop\",\"nonce\":[\"n1\"]}", "nonce"},
    {"a good at_hash", GOOD ",\"at_hash\":\"9MKET0Y7WpOlF96BtnoJyA\"}", NULL},
    {"the at_hash of another token", GOOD ",\"at_hash\":\"AAAAFOVFI8SwlGWv4lXs8g\"}", "at_hash"},
    {"an empty at_hash", GOOD ",\"at_hash\":\"\"}", "at_hash"},
    {"an at_hash that is a number", GOOD ",\"at_hash\":1}", "at_hash"},
    {"a logout token in its place", GOOD "," EVENTS "}", "id_token"},
    {"a sid with a line end", GOOD ",\"sid\":\"a\\n\"}", "claims"},
    {"no JSON", "x", "id_token"},
    {"a list", "[]", "id_token"},
};

static const struct oidc_claims_ask ask = {
    .provider = &provider,
    .nonce = {"n1", 2},
    .access_token = {"access-1", 8},
    .now_s = NOW,
};

static void test_id_tokens(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jwt token = token_of(cases[i].claims, "JWT");
        struct oidc_claims out;
        const char *fault = oidc_claims_read(&token, &ask, pool, &out);
        const char *want = cases[i].fault;
        if ((fault == NULL) != (want == NULL) || (fault != NULL && strcmp(fault, want) != 0))
            fail_msg("%s: %s", cases[i].why, fault == NULL ? "good" : fault);
    }
}

static const struct {
    const char *iat, *exp, *fault;
} times[] = {
    {"1000000", "1000001", NULL},      {"1000000", "999971", NULL},
    {"999000", "999970", "expired"},   {"1000030", "1000300", NULL},
    {"1000031", "1000300", "not_yet"}, {"996401", "1000300", NULL},
    {"996400", "1000300", "expired"},  {"\"1000000\"", "1000300", "times"},
    {"null", "1000300", "times"},      {"1000000", "null", "times"},
    {"1000000", "1e400", "times"},     {"-1e300", "1000300", "expired"},
};

static void test_times(void **state)
{
    char claims[512];

    for (size_t i = 0; i < COUNT(times); i++) {
        snprintf(claims, sizeof(claims),
                 "{\"iss\":\"https://id.example\",\"aud\":\"shop\",\"sub\":\"u1\",\"nonce\":\"n1\","
                 "\"iat\":%s,\"exp\":%s}",
                 times[i].iat, times[i].exp);
        struct jwt token = token_of(claims, NULL);
        struct oidc_claims out;
        const char *fault = oidc_claims_read(&token, &ask, pool, &out);
        if ((fault == NULL) != (times[i].fault == NULL) ||
            (fault != NULL && strcmp(fault, times[i].fault) != 0))
            fail_msg("iat %s, exp %s: %s", times[i].iat, times[i].exp, fault);
    }
}

static void test_types(void **state)
{
    struct oidc_claims out;
    struct jwt logout = token_of(GOOD "}", "Logout+JWT"), access = token_of(GOOD "}", "at+jwt");

    assert_string_equal(oidc_claims_read(&logout, &ask, pool, &out), "id_token");
    assert_string_equal(oidc_claims_read(&access, &ask, pool, &out), "id_token");
}

/* The page gets what says who the user is, and nothing of the protocol. */
static void test_claims_for_pages(void **state)
{
    struct jwt token = token_of(GOOD ",\"name\":\"\\u00c4nn\",\"no\\u006ece\":1,\"sid\":\"s1\","
                                     "\"address\":{\"city\":\"B\"},\"role\":[\"admin\"]}",
                                "JWT");
    struct oidc_claims out;

    assert_string_equal(oidc_claims_read(&token, &ask, pool, &out), "id_token"); /* nonce twice */
    token = token_of(GOOD ",\"name\":\"\\u00c4nn\",\"sid\":\"s1\",\"s\\u0069d2\":2,"
                          "\"address\":{\"city\":\"B\"},\"role\":[\"admin\"]}",
                     "JWT");
    assert_null(oidc_claims_read(&token, &ask, pool, &out));
    assert_true(text_is(out.claims, "{\"sub\":\"u1\",\"name\":\"\\u00c4nn\",\"s\\u0069d2\":2,"
                                    "\"address\":{\"city\":\"B\"},\"role\":[\"admin\"]}"));
    assert_true(text_is(out.sid, "s1"));
    assert_true(text_is(out.user.id, "u1"));
    assert_true(text_is(out.user.roles, "admin"));
    assert_true(text_is(out.user.scopes, ""));
    token = token_of(GOOD ",\"scp\":[\"a\",\"b\"]}", "JWT");
    assert_null(oidc_claims_read(&token, &ask, pool, &out));
    assert_true(text_is(out.user.scopes, "a b"));
}

static const struct {
    const char *why, *claims, *typ, *fault;
} logouts[] = {
    {"all is well", LOGOUT "}", "logout+jwt", NULL},
    {"the old type", LOGOUT "}", "JWT", NULL},
    {"no type", LOGOUT "}", NULL, NULL},
    {"an access token", LOGOUT "}", "at+jwt", "logout_token"},
    {"a nonce", LOGOUT ",\"nonce\":\"n1\"}", NULL, "nonce"},
    {"no event", "{" BASE ",\"aud\":\"shop\",\"jti\":\"j1\"}", NULL, "events"},
    {"another event", "{" BASE ",\"aud\":\"shop\",\"jti\":\"j1\",\"events\":{\"x\":{}}}", NULL,
     "events"},
    {"an event that is no object",
     "{" BASE ",\"aud\":\"shop\",\"jti\":\"j1\",\"events\":{\"http://schemas.openid.net/event/"
     "backchannel-logout\":1}}",
     NULL, "events"},
    {"no jti", "{" BASE ",\"aud\":\"shop\"," EVENTS "}", NULL, "claims"},
    {"another audience", "{" BASE ",\"aud\":\"x\",\"jti\":\"j1\"," EVENTS "}", NULL, "audience"},
    {"only a user", "{" BASE ",\"aud\":\"shop\",\"jti\":\"j1\"," EVENTS "}", NULL, NULL},
    {"nobody",
     "{\"iss\":\"https://id.example\",\"exp\":1000300,\"iat\":1000000,\"aud\":\"shop\",\"jti\":"
     "\"j1\"," EVENTS "}",
     NULL, "claims"},
    {"the event twice", LOGOUT "," EVENTS "}", NULL, "logout_token"},
};

static void test_logout_tokens(void **state)
{
    for (size_t i = 0; i < COUNT(logouts); i++) {
        struct jwt token = token_of(logouts[i].claims, logouts[i].typ);
        struct oidc_claims_logout out;
        const char *fault = oidc_claims_read_logout(&token, &provider, NOW, pool, &out);
        const char *want = logouts[i].fault;
        if ((fault == NULL) != (want == NULL) || (fault != NULL && strcmp(fault, want) != 0))
            fail_msg("%s: %s", logouts[i].why, fault == NULL ? "good" : fault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_tokens),     cmocka_unit_test(test_times),
        cmocka_unit_test(test_types),         cmocka_unit_test(test_claims_for_pages),
        cmocka_unit_test(test_logout_tokens),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
