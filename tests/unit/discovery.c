/* Tests of discovery documents: which are taken, and what is wrong with the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/token/discovery.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define ISSUER "https://login.example/a"
#define HEAD "{\"issuer\":\"" ISSUER "\","
#define KEYS "\"jwks_uri\":\"https://login.example/keys\""

static const struct {
    const char *why, *json, *want; /* NULL: taken */
} cases[] = {
    {"the least", HEAD KEYS "}", NULL},
    {"with more that we do not know", HEAD KEYS ",\"x\":{\"issuer\":1}}", NULL},
    {"null members", HEAD KEYS ",\"token_endpoint\":null}", NULL},
    {"keys elsewhere", HEAD "\"jwks_uri\":\"https://keys.example:8443/a?b=c\"}", NULL},
    {"on this machine, of a provider elsewhere",
     HEAD "\"jwks_uri\":\"http://127.0.0.1:3000/keys\"}", "no https URL"},
    {"not JSON", "<html>", "it is no document"},
    {"empty", "", "it is no document"},
    {"a list", "[]", "it is no document"},
    {"an issuer twice", HEAD "\"issuer\":\"" ISSUER "\"," KEYS "}", "it is no document"},
    {"keys twice", HEAD KEYS "," KEYS "}", "it is no document"},
    {"no issuer", "{" KEYS "}", "its issuer is missing"},
    {"an issuer that is no string", "{\"issuer\":[\"" ISSUER "\"]," KEYS "}", "issuer is missing"},
    {"another issuer", "{\"issuer\":\"https://evil.example\"," KEYS "}", "issuer is another one"},
    {"a slash more", "{\"issuer\":\"" ISSUER "/\"," KEYS "}", "issuer is another one"},
    {"a NUL more", "{\"issuer\":\"" ISSUER "\\u0000\"," KEYS "}", "issuer is another one"},
    {"no keys", HEAD "\"x\":1}", "its jwks_uri is missing"},
    {"keys that are no string", HEAD "\"jwks_uri\":1}", "its jwks_uri is no string"},
    {"keys without TLS", HEAD "\"jwks_uri\":\"http://login.example/keys\"}", "no https URL"},
    {"a token endpoint without TLS",
     HEAD KEYS ",\"token_endpoint\":\"http://login.example/token\"}", "its token_endpoint is no"},
};

static void test_documents(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pool *pool = pool_new();
        struct discovery found;
        char wrong[DISCOVERY_WRONG_SIZE] = "";
        int status = discovery_read(text_of(cases[i].json), TEXT(ISSUER), pool, &found, wrong);
        if (cases[i].want == NULL ? status != 0 : status == 0 || !strstr(wrong, cases[i].want))
            fail_msg("%s: %d %s", cases[i].why, status, wrong);
        pool_free(pool);
    }
}

static void test_what_is_found(void **state)
{
    struct pool *pool = pool_new();
    struct discovery found;
    char wrong[DISCOVERY_WRONG_SIZE];
    struct text json =
        TEXT(HEAD KEYS ",\"authorization_endpoint\":\"https://login.example/auth\","
                       "\"token_endpoint\":\"https://login.example/token\","
                       "\"end_session_endpoint\":\"https://login.example/out\","
                       "\"code_challenge_methods_supported\":[\"plain\",\"S256\"],"
                       "\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"],"
                       "\"authorization_response_iss_parameter_supported\":true,"
                       "\"backchannel_logout_supported\":false}");

    assert_int_equal(discovery_read(json, TEXT(ISSUER), pool, &found, wrong), 0);
    assert_true(text_is(found.issuer, ISSUER));
    assert_true(text_is(found.jwks_uri, "https://login.example/keys"));
    assert_true(text_is(found.authorization_endpoint, "https://login.example/auth"));
    assert_true(text_is(found.token_endpoint, "https://login.example/token"));
    assert_true(text_is(found.end_session_endpoint, "https://login.example/out"));
    assert_null(found.userinfo_endpoint.at);
    assert_true(found.has_s256 && found.has_post && found.has_iss);
    assert_false(found.has_basic || found.has_logout);
    pool_free(pool);
}

static const struct {
    const char *url;
    bool is_good;
} urls[] = {
    {"https://login.example", true},
    {"https://login.example:8443/a/b?c=d", true},
    {"https://[2001:db8::1]/keys", true},
    {"http://127.0.0.1/keys", true},
    {"http://127.1.2.3:80/keys", true},
    {"http://localhost:3000", true},
    {"http://LOCALHOST/", true},
    {"http://[::1]:3000/keys", true},
    {"http://login.example/keys", false},
    {"http://128.0.0.1/keys", false},
    {"http://localhost.evil.example/", false},
    {"http://localhost@evil.example/", false},
    {"http://127.0.0.1:80@evil.example/", false},
    {"http://evil.example#localhost", false},
    {"http://evil.example?localhost", false},
    {"http://evil.example/localhost", false},
    {"http://[::2]/", false},
    {"https://user@login.example/", false},
    {"https://login.example/a b", false},
    {"https://login.example/a#b", false},
    {"https:///keys", false},
    {"https://", false},
    {"HTTPS://login.example/", false},
    {"ftp://login.example/", false},
    {"file:///etc/passwd", false},
    {"//login.example/", false},
    {"", false},
};

static void test_urls(void **state)
{
    char *longest = memset(malloc(DISCOVERY_URL_MAX + 2), 'a', DISCOVERY_URL_MAX + 1);

    for (size_t i = 0; i < COUNT(urls); i++)
        if (discovery_is_url(text_of(urls[i].url)) != urls[i].is_good)
            fail_msg("%s", urls[i].url);
    memcpy(longest, "https://a/", 10);
    assert_true(discovery_is_url((struct text){longest, DISCOVERY_URL_MAX}));
    assert_false(discovery_is_url((struct text){longest, DISCOVERY_URL_MAX + 1}));
    assert_false(discovery_is_url(TEXT("https://a/\0b")));
    free(longest);
}

static void test_where_the_document_is(void **state)
{
    struct pool *pool = pool_new();

    assert_true(text_is(discovery_url(TEXT("https://a.example"), pool),
                        "https://a.example/.well-known/openid-configuration"));
    assert_true(text_is(discovery_url(TEXT("https://a.example/b/"), pool),
                        "https://a.example/b/.well-known/openid-configuration"));
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_what_is_found),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_where_the_document_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
