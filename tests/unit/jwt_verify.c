/* Tests of signatures that others have made: the examples of the standards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/token/jwks.h"
#include "bff/token/jwt_verify.h"

#include "tests/unit/login_tokens.h"

#define RFC7515_RSA                                                                                \
    "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W2" \
    "6mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47s" \
    "oMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQ" \
    "Y4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9g" \
    "b54h4FRWyuXpoQ\"}"
#define RFC7515_CLAIMS                                                                             \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl" \
    "fQ"

static const struct vector {
    const char *why, *key, *token;
    enum jwt_algorithm algorithm;
} vectors[] = {
    {"RFC 7515 appendix A.2", RFC7515_RSA,
     "eyJhbGciOiJSUzI1NiJ9." RFC7515_CLAIMS
     ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2"
     "Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQB"
     "MHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI"
     "2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
     JWT_RS256},
    {"RFC 7515 appendix A.3",
     "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
     "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
     "eyJhbGciOiJFUzI1NiJ9." RFC7515_CLAIMS ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDx"
     "w5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
     JWT_ES256},
    {"RFC 8037 appendix A.4",
     "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcv"
     "Mg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
     JWT_EDDSA},
};

static void read_key(const struct vector *vector, struct jwt_keys *keys)
{
    struct pool *pool = pool_new();
    struct text set = pool_print(pool, "{\"keys\":[%s]}", vector->key);
    static const struct jwt_listener nobody = {0};
    char wrong[JWT_WRONG_SIZE];

    assert_int_equal(jwks_read(set, JWT_ALL_PUBLIC, keys, &nobody, wrong), 0);
    pool_free(pool);
}

static bool is_good(const struct vector *vector, const struct jwt_keys *keys, struct text token)
{
    struct pool *pool = pool_new();
    struct jwt jwt;
    bool is = jwt_read(token, JWT_BIT(vector->algorithm), pool, &jwt) == 0 &&
              jwt_verify_key(&jwt, &keys->rows[0]);

    pool_free(pool);
    return is;
}

static void test_examples_of_the_standards(void **state)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct jwt_keys keys = {0};
        read_key(&vectors[i], &keys);
        if (!is_good(&vectors[i], &keys, text_of(vectors[i].token)))
            fail_msg("%s", vectors[i].why);
        jwt_keys_clear(&keys);
    }
}

static void expect_changes_bad(const struct vector *vector, const struct jwt_keys *keys)
{
    char bytes[1024];
    struct text token = {bytes, strlen(vector->token)};

    memcpy(bytes, vector->token, token.len);
    for (char *at = (char *)memrchr(bytes, '.', token.len) + 1; at < bytes + token.len; at++) {
        char was = *at;
        *at = was == 'A' ? 'B' : 'A';
        if (is_good(vector, keys, token))
            fail_msg("%s, byte %td", vector->why, at - bytes);
        *at = was;
    }
}

static void test_no_byte_of_a_signature_may_change(void **state)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct jwt_keys keys = {0};
        read_key(&vectors[i], &keys);
        expect_changes_bad(&vectors[i], &keys);
        jwt_keys_clear(&keys);
    }
}

/* The algorithms of the only key of a set, 0: it is not taken. */
static unsigned algorithms_of(const char *key, unsigned allowed)
{
    struct pool *pool = pool_new();
    struct text set = pool_print(pool, "{\"keys\":[%s]}", key);
    static const struct jwt_listener nobody = {0};
    struct jwt_keys keys = {0};
    char wrong[JWT_WRONG_SIZE];

    jwks_read(set, allowed, &keys, &nobody, wrong);
    unsigned algorithms = keys.count == 0 ? 0 : keys.rows[0].algorithms;
    jwt_keys_clear(&keys);
    pool_free(pool);
    return algorithms;
}

/* RFC 8037 section 2: x has exactly 32 bytes. */
static void test_ed25519(void **state)
{
    static const struct {
        const char *why, *x;
        bool is_good;
    } cases[] = {
        {"RFC 8037 appendix A.2", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", true},
        {"a byte less", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ", false},
        {"a byte more", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoA", false},
        {"padded", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=", false},
        {"nothing", "", false},
    };
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text key =
            pool_print(pool, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}", cases[i].x);
        if ((algorithms_of(key.at, JWT_BIT(JWT_EDDSA)) != 0) != cases[i].is_good)
            fail_msg("%s", cases[i].why);
    }
    pool_free(pool);
}

/* A key without alg fits what is allowed of RS* and PS*; a key with alg only that one. */
static void test_rsa_algorithms(void **state)
{
    static const struct {
        const char *more;
        unsigned allowed, want;
    } cases[] = {
        {"", JWT_ALL_RSA, JWT_ALL_RSA},
        {"", JWT_ALL_PUBLIC, JWT_ALL_RSA},
        {"", JWT_BIT(JWT_PS384), JWT_BIT(JWT_PS384)},
        {"\"alg\":\"PS256\",", JWT_ALL_RSA, JWT_BIT(JWT_PS256)},
        {"\"alg\":\"RS256\",", JWT_ALL_RSA, JWT_BIT(JWT_RS256)},
        {"\"alg\":\"PS256\",", JWT_ALL_RS, 0},
    };
    struct pool *pool = pool_new();
    EVP_PKEY *rsa = EVP_RSA_gen(2048);

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(algorithms_of(jwk_of(pool, rsa, cases[i].more), cases[i].allowed),
                         cases[i].want);
    EVP_PKEY_free(rsa);
    pool_free(pool);
}

static void test_types(void **state)
{
    static const struct {
        const char *header;
        int status;
        bool is_access;
    } cases[] = {
        {"{\"alg\":\"EdDSA\"}", 0, false},
        {"{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}", 0, false},
        {"{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}", 0, true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"AT+JWT\"}", 0, true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"application/at+jwt\"}", 0, true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"Application/At+Jwt\"}", 0, true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"at\\u002bjwt\"}", 0, true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"at+jwt \"}", 0, false},
        {"{\"alg\":\"EdDSA\",\"typ\":\"text/at+jwt\"}", 0, false},
        {"{\"alg\":\"EdDSA\",\"typ\":\"\"}", 0, false},
        {"{\"alg\":\"EdDSA\",\"typ\":null}", -1, false},
        {"{\"alg\":\"EdDSA\",\"typ\":[\"at+jwt\"]}", -1, false},
        {"{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"typ\":\"at+jwt\"}", -1, false},
    };
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text token =
            with_signature(pool, unsigned_token(pool, cases[i].header, "{}"), TEXT("AA"));
        struct jwt jwt;
        if (jwt_read(token, JWT_ALL_PUBLIC, pool, &jwt) != cases[i].status)
            fail_msg("%s", cases[i].header);
        if (cases[i].status == 0 && jwt_is_access(&jwt) != cases[i].is_access)
            fail_msg("%s", cases[i].header);
    }
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples_of_the_standards),
        cmocka_unit_test(test_no_byte_of_a_signature_may_change),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_ed25519),
        cmocka_unit_test(test_rsa_algorithms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
