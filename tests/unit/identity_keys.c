/* Tests of the keys of the tokens that services get: which can sign, and what is published. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/token/jwk.h"
#include "bff/token/jwks.h"

#include "tests/unit/identity_stage.h"

static struct pool *pool;

static void a_thumbprint_is_that_of_the_standard(void **state)
{
    static const char example[] = /* RFC 7638 section 3.1 */
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cb"
        "bfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl9"
        "3lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
        "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n"
        "91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
        "kE"
        "gU8awapJzKnqDKgw\",\"e\":\"AQAB\"}]}";
    static const struct jwt_listener nobody = {0};
    struct jwt_keys keys = {0};
    char wrong[JWT_WRONG_SIZE];

    assert_int_equal(jwks_read(text_of(example), JWT_ALL_RS, &keys, &nobody, wrong), 0);
    assert_true(text_is(jwk_thumbprint(keys.rows[0].public_key, pool),
                        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
    jwt_keys_clear(&keys);
}

static void a_key_that_cannot_sign_is_named(void **state)
{
    EVP_PKEY *p256 = EVP_EC_gen("P-256"), *p384 = EVP_EC_gen("P-384"), *small = EVP_RSA_gen(1024);
    const struct {
        const char *why;
        struct text pem;
        enum jwt_algorithm algorithm;
        const char *want;
    } cases[] = {
        {"a secret", private_pem(pool, p256, NULL), JWT_HS256,
         "HS256 cannot be used; RS256, ES256 and the like can"},
        {"another curve", private_pem(pool, p384, NULL), JWT_ES256, "is no key for ES256"},
        {"another kind", private_pem(pool, p256, NULL), JWT_RS256, "is no key for RS256"},
        {"a short key", private_pem(pool, small, NULL), JWT_RS256,
         "is an RSA key of 1024 bits; expected 2048 to 8192"},
        {"a passphrase", private_pem(pool, p256, "open"), JWT_ES256,
         "has a passphrase; give the key without one"},
        {"a public key", pem_of(pool, p256), JWT_ES256, "has no private key in PEM form"},
        {"no key", TEXT("x"), JWT_ES256, "has no private key in PEM form"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *file = file_with(pool, cases[i].pem);
        struct identity_settings settings = settings_of(file, cases[i].algorithm);
        const char *want = pool_print(pool, "%s: %s", file, cases[i].want).at;
        const char *wrong = identity_check(&settings);
        if (wrong == NULL || strcmp(wrong, want) != 0)
            fail_msg("%s: %s", cases[i].why, wrong == NULL ? "taken" : wrong);
        unlink(file);
    }
    struct identity_settings absent = settings_of("/none", JWT_ES256);
    assert_string_equal(identity_check(&absent),
                        "/none: cannot be read: No such file or directory");
    EVP_PKEY_free(p256);
    EVP_PKEY_free(p384);
    EVP_PKEY_free(small);
}

/* An Ed25519 key cannot have signed a token here, so its public half is not published. */
static void a_previous_key_of_another_kind_is_named(void **state)
{
    EVP_PKEY *now = EVP_EC_gen("P-256"), *other = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    const char *signing = key_file(pool, now),
               *files[] = {key_file(pool, other), file_with(pool, pem_of(pool, other))};

    for (size_t i = 0; i < COUNT(files); i++) {
        struct identity_settings settings = settings_of(signing, JWT_ES256);
        settings.previous_keys = &files[i];
        settings.previous_key_count = 1;
        const char *wrong = identity_check(&settings);
        assert_non_null(wrong);
        assert_non_null(strstr(wrong, "is neither an RSA key nor one on P-256, P-384 or P-521"));
        unlink(files[i]);
    }
    unlink(signing);
    EVP_PKEY_free(now);
    EVP_PKEY_free(other);
}

/* The key set of ${signing} with ${previous}. */
static struct text set_with(const char *signing, const char *previous)
{
    struct identity_settings settings = settings_of(signing, JWT_ES256);
    const char *wrong = NULL;

    settings.previous_keys = &previous;
    settings.previous_key_count = 1;
    struct identity_keys *keys = identity_keys_new(&settings, &wrong);
    if (keys == NULL)
        fail_msg("%s", wrong);
    struct text set = pool_text(pool, identity_keys_set(keys));
    identity_keys_free(keys);
    return set;
}

static size_t count_of(struct text text, const char *what)
{
    size_t count = 0, len = strlen(what);
    const char *end = text.at + text.len;

    for (const char *at = text.at; (at = memmem(at, (size_t)(end - at), what, len)) != NULL; at++)
        count++;
    return count;
}

static void the_set_has_the_public_halves_of_other_keys(void **state)
{
    EVP_PKEY *now = EVP_EC_gen("P-256"), *before = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(2048);
    const char *signing = key_file(pool, now),
               *files[] = {key_file(pool, before), file_with(pool, pem_of(pool, before)), signing,
                           file_with(pool, pem_of(pool, rsa))};
    static const size_t wants[] = {2, 2, 1, 2};
    struct text before_kid = jwk_thumbprint(before, pool);

    for (size_t i = 0; i < COUNT(files); i++) {
        struct text set = set_with(signing, files[i]);
        assert_int_equal(count_of(set, "\"kid\""), wants[i]);
        assert_int_equal(count_of(set, "\"d\""), 0);
        assert_int_equal(count_of(set, pool_text(pool, before_kid).at), i < 2);
        assert_int_equal(count_of(set, "\"alg\":\"ES256\""), i < 2 ? 2 : 1);
    }
    for (size_t i = 0; i < COUNT(files); i++)
        unlink(files[i]);
    EVP_PKEY_free(now);
    EVP_PKEY_free(before);
    EVP_PKEY_free(rsa);
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
        cmocka_unit_test(a_thumbprint_is_that_of_the_standard),
        cmocka_unit_test(a_key_that_cannot_sign_is_named),
        cmocka_unit_test(a_previous_key_of_another_kind_is_named),
        cmocka_unit_test(the_set_has_the_public_halves_of_other_keys),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
