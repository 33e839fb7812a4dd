/* Tests that we accept tokens which libjwt has made, with keys in each form that libjwt can use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jwt.h>

#include "bff/edge/login.h"

#include "tests/unit/login_tokens.h"

static struct pool *pool;

static struct text private_pem(EVP_PKEY *key)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *at = NULL;

    must(PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) == 1);
    long len = BIO_get_mem_data(out, &at);
    struct text pem = pool_text(pool, (struct text){at, (size_t)len});
    BIO_free(out);
    return pem;
}

static struct text made_by_libjwt(enum jwt_algorithm algorithm, struct text key)
{
    jwt_t *token = NULL;

    must(jwt_new(&token) == 0);
    must(jwt_set_alg(token, jwt_str_alg(jwt_algorithm_name(algorithm)),
                     (const unsigned char *)key.at, (int)key.len) == 0);
    must(jwt_add_header(token, "kid", "a") == 0);
    must(jwt_add_grant(token, "sub", "u7") == 0);
    must(jwt_add_grant(token, "role", "staff") == 0);
    must(jwt_add_grant_int(token, "exp", NOW + 100) == 0);
    must(jwt_add_grants_json(token, "{\"aud\":[\"app\",\"web\"]}") == 0);
    char *text = jwt_encode_str(token);
    must(text != NULL);
    struct text copy = pool_text(pool, text_of(text));
    free(text);
    jwt_free(token);
    return copy;
}

/* What libjwt signs ${with} is good where ${file} (absent: the secret) is what is configured. */
static void expect_good(enum jwt_algorithm algorithm, struct text with, struct text file)
{
    const char *name = file.at == NULL ? NULL : file_with(pool, file), *wrong;
    struct login_settings settings = {
        .algorithms = JWT_BIT(algorithm),
        .secret = TEXT(SECRET),
        .key_files = &name,
        .key_file_count = name != NULL,
        .audience = "web",
        .require_exp = true,
    };
    struct login *login = login_new(&settings, &wrong);
    struct text token = made_by_libjwt(algorithm, with);
    struct text value = pool_print(pool, "Bearer %.*s", TEXT_ARGS(token));
    struct login_request request = {&value, 1, NOW, NULL, pool};
    struct login_user user;

    assert_non_null(login);
    assert_int_equal(login_check(login, NULL, &request, &user), LOGIN_OK);
    assert_true(text_is(user.id, "u7"));
    assert_true(text_is(user.roles, "staff"));
    login_free(login);
    if (name != NULL)
        unlink(name);
}

static void test_secrets(void **state)
{
    for (enum jwt_algorithm hs = JWT_HS256; hs <= JWT_HS512; hs++)
        expect_good(hs, TEXT(SECRET), (struct text){0});
}

static void expect_good_key(enum jwt_algorithm algorithm, EVP_PKEY *key)
{
    const char *jwk = jwk_of(pool, key, "\"kid\":\"a\",");

    expect_good(algorithm, private_pem(key), pem_of(pool, key));
    expect_good(algorithm, private_pem(key), pool_print(pool, "{\"keys\":[%s]}", jwk));
}

static void test_keys(void **state)
{
    static const char *const curves[] = {"P-256", "P-384", "P-521"};
    EVP_PKEY *rsa = EVP_RSA_gen(2048);

    for (enum jwt_algorithm rs = JWT_RS256; rs <= JWT_RS512; rs++)
        expect_good_key(rs, rsa);
    EVP_PKEY_free(rsa);
    for (enum jwt_algorithm es = JWT_ES256; es <= JWT_ES512; es++) {
        EVP_PKEY *key = EVP_EC_gen(curves[es - JWT_ES256]);
        expect_good_key(es, key);
        EVP_PKEY_free(key);
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
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_keys),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
