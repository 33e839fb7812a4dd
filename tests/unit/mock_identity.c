/* Tests of what the mock services believe: the server's token, and the questions of an authorizer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/token/sign.h"
#include "fixtures/mock_authorize.h"
#include "fixtures/mock_identity.h"

#include "tests/unit/login_tokens.h"

static struct pool *pool;

static struct sign *signer(EVP_PKEY *key, enum jwt_algorithm algorithm)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *at = NULL, wrong[JWT_WRONG_SIZE];

    must(PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) == 1);
    long len = BIO_get_mem_data(out, &at);
    struct sign *sign = sign_new((struct text){at, (size_t)len}, algorithm, wrong);
    BIO_free(out);
    must(sign != NULL);
    return sign;
}

static struct text token_of(EVP_PKEY *key, enum jwt_algorithm algorithm)
{
    struct sign_claim claims[] = {{"sub", SIGN_TEXT, .text = TEXT("u1")},
                                  {"aud", SIGN_TEXT, .text = TEXT("orders")},
                                  {"exp", SIGN_NUMBER, .number = NOW}};
    struct sign *sign = signer(key, algorithm);
    struct text token = sign_token(sign, claims, COUNT(claims), pool);

    sign_free(sign);
    return token;
}

struct identity_case {
    struct text user, token;
    const char *service;
    int64_t now_s;
    const char *want; /* NULL: taken */
};

static void check_all(const char *file, const struct identity_case *cases, size_t count)
{
    char error[128];
    struct mock_identity *identity = mock_identity_new(file, error, sizeof(error));

    for (size_t i = 0; i < count; i++) {
        struct mock_identity_asked asked = {cases[i].user, cases[i].token};
        const char *got =
            mock_identity_check(identity, &asked, cases[i].service, cases[i].now_s, pool);
        if (!text_equal(text_of(got), text_of(cases[i].want)))
            fail_msg("%zu: %s", i, got == NULL ? "taken" : got);
    }
    mock_identity_free(identity);
}

static void a_user_needs_a_token(void **state)
{
    EVP_PKEY *p256 = EVP_EC_gen("P-256"), *p384 = EVP_EC_gen("P-384"), *rsa = EVP_RSA_gen(2048);
    EVP_PKEY *stranger = EVP_EC_gen("P-256");
    struct text pems = pool_print(pool, "%.*s%.*s%.*s", TEXT_ARGS(pem_of(pool, p256)),
                                  TEXT_ARGS(pem_of(pool, p384)), TEXT_ARGS(pem_of(pool, rsa)));
    const char *file = file_with(pool, pems);
    struct text good = token_of(p256, JWT_ES256), u1 = TEXT("u1"), u2 = TEXT("u2"), none = {0};
    const struct identity_case cases[] = {
        {none, none, "orders", NOW - 1, NULL},
        {u1, good, "orders", NOW - 1, NULL},
        {none, good, "orders", NOW - 1, NULL},
        {u1, token_of(p384, JWT_ES384), "orders", NOW - 1, NULL},
        {u1, token_of(rsa, JWT_RS256), "orders", NOW - 1, NULL},
        {u1, none, "orders", NOW - 1, "X-User-Id without X-Identity"},
        {u1, good, "orders", NOW, "X-Identity has expired"},
        {u1, good, "users", NOW - 1, "X-Identity is for another service"},
        {u2, good, "orders", NOW - 1, "X-Identity is about another user"},
        {u1, token_of(stranger, JWT_ES256), "orders", NOW - 1,
         "X-Identity is not signed by the server"},
        {u1, token_of(rsa, JWT_RS512), "orders", NOW - 1, "X-Identity is not signed by the server"},
        {u1, TEXT("a.b.c"), "orders", NOW - 1, "X-Identity is not signed by the server"},
        {u1, TEXT(""), "orders", NOW - 1, "X-Identity is not signed by the server"},
    };

    check_all(file, cases, COUNT(cases));
    unlink(file);
    EVP_PKEY_free(p256);
    EVP_PKEY_free(p384);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(stranger);
}

static void a_file_without_a_key_is_named(void **state)
{
    const char *file = file_with(pool, TEXT("x"));
    char error[128];

    assert_null(mock_identity_new(file, error, sizeof(error)));
    assert_true(text_starts(text_of(error), text_of(file)));
    assert_null(mock_identity_new("/none", error, sizeof(error)));
    assert_string_equal(error, "/none: No such file or directory");
    unlink(file);
}

static const struct {
    const char *method, *body, *authorization;
    int status;
    const char *want; /* the beginning of the body */
} questions[] = {
    {"GET", NULL, "Bearer allow-ada", 200, "{\"allow\":true,\"user\":\"u1\""},
    {"POST", "{\"headers\":{\"authorization\":\"Bearer allow-admin\"}}", NULL, 200,
     "{\"allow\":true,\"user\":\"u7\""},
    {"GET", NULL, "Bearer allow-tenant", 200, "{\"allow\":true,\"context\""},
    {"GET", NULL, "Bearer deny-me", 403, "{\"error\""},
    {"GET", NULL, "Bearer no-answer", 500, "{\"error\""},
    {"GET", NULL, "Bearer garbage", 200, "allowed"},
    {"GET", NULL, "Bearer allow", 200, "{\"allow\":false}"},
    {"GET", NULL, NULL, 200, "{\"allow\":false}"},
    {"POST", "[]", "Bearer allow-ada", 200, "{\"allow\":false}"},
    {"PUT", "{}", "Bearer allow-ada", 405, ""},
};

static void an_authorizer_goes_by_the_token(void **state)
{
    for (size_t i = 0; i < COUNT(questions); i++) {
        struct mock_question question = {.method = text_of(questions[i].method),
                                         .target = TEXT("/authorize?a=b"),
                                         .body = text_of(questions[i].body)};
        assert_true(mock_authorize_is_asked(question.target));
        struct mock_answer answer =
            mock_authorize_answer(&question, text_of(questions[i].authorization), pool);
        if (answer.status != questions[i].status ||
            !text_starts(answer.begin, text_of(questions[i].want)))
            fail_msg("%zu: %d %.*s", i, answer.status, TEXT_ARGS(answer.begin));
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
        cmocka_unit_test(a_user_needs_a_token),
        cmocka_unit_test(a_file_without_a_key_is_named),
        cmocka_unit_test(an_authorizer_goes_by_the_token),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
