/* Tests of JWK Sets: which keys are accepted, and which of them are tried for a token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/token/jwks.h"
#include "bff/edge/login.h"

#include "tests/unit/login_tokens.h"

#define EVERY (JWT_ALL_RS | JWT_ALL_ES)

static struct world {
    struct pool *pool;
    EVP_PKEY *rsa, *other_rsa, *p256, *p521;
} world;

/* A set of the ${list}, with a comma between any two. */
static const char *set_of(const char *list)
{
    return pool_print(world.pool, "{\"keys\":[%s]}", list).at;
}

/* How many keys are taken of ${set}; -1 when it is refused, ${wrong} being why. */
static int taken(const char *set, unsigned allowed, char wrong[JWT_WRONG_SIZE])
{
    struct jwt_keys keys = {0};
    static const struct jwt_listener nobody = {0};
    int status = jwks_read(text_of(set), allowed, &keys, &nobody, wrong);
    int count = (int)keys.count;

    jwt_keys_clear(&keys);
    return status == 0 ? count : status;
}

static void test_members(void **state)
{
    static const struct {
        const char *why, *more;
        const char *want; /* NULL: taken */
    } cases[] = {
        {"the least", "", NULL},
        {"for signatures", "\"use\":\"sig\",", NULL},
        {"for this algorithm", "\"alg\":\"RS256\",", NULL},
        {"to verify with", "\"key_ops\":[\"sign\",\"verify\"],", NULL},
        {"named", "\"kid\":\"a\",", NULL},
        {"with more that we do not know", "\"x5t\":\"a\",\"x5c\":[\"b\"],\"exp\":1,", NULL},
        {"for encryption", "\"use\":\"enc\",", "no key"},
        {"a use that is no string", "\"use\":1,", "no key"},
        {"for encryption with RSA", "\"alg\":\"RSA-OAEP\",", "no key"},
        {"for PSS", "\"alg\":\"PS256\",", "no key"},
        {"for HS256", "\"alg\":\"HS256\",", "no key"},
        {"for an algorithm of another kind", "\"alg\":\"ES256\",", "no key"},
        {"an algorithm that is no string", "\"alg\":1,", "no key"},
        {"to encrypt with", "\"key_ops\":[\"encrypt\"],", "no key"},
        {"nothing to do with", "\"key_ops\":[],", "no key"},
        {"private", "\"d\":\"AQAB\",", "key 1 is private"},
        {"a kid that is a number", "\"kid\":1,", "key 1 has a kid"},
        {"two exponents", "\"e\":\"Aw\",", "key 1 has a member twice"},
    };
    char wrong[JWT_WRONG_SIZE];

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *set = set_of(jwk_of(world.pool, world.rsa, cases[i].more));
        int count = taken(set, EVERY, wrong);
        if (cases[i].want == NULL ? count != 1 : count != -1 || !strstr(wrong, cases[i].want))
            fail_msg("%s: %d %s", cases[i].why, count, count < 0 ? wrong : "");
    }
}

#define ZEROS32 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct {
    const char *why, *set, *want;
} malformed_cases[] = {
    {"not JSON", "keys", "no JWK Set"},
    {"a list", "[]", "no JWK Set"},
    {"a single key", "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", "no JWK Set"},
    {"keys twice", "{\"keys\":[],\"keys\":[]}", "no JWK Set"},
    {"keys by name", "{\"keys\":{}}", "no JWK Set"},
    {"no keys", "{\"keys\":[]}", "no key"},
    {"a key that is no object", "{\"keys\":[1]}", "key 1 is no object"},
    {"another kind", "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}]}", "no key"},
    {"a secret", "{\"keys\":[{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"AAAA\"}]}", "no key"},
    {"a secret that says RS256", "{\"keys\":[{\"kty\":\"oct\",\"alg\":\"RS256\"}]}", "no key"},
    {"another curve", "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"secp256k1\"}]}", "no key"},
    {"no modulus", "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}", "key 1 is malformed"},
    {"no exponent", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\"}]}", "key 1 is malformed"},
    {"a small modulus", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
     "key 1 is an RSA key of 17 bits"},
    {"padding", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"Aw==\"}]}",
     "key 1 is malformed"},
    {"a number as text", "{\"keys\":[{\"kty\":\"RSA\",\"n\":65537,\"e\":\"AQAB\"}]}",
     "key 1 is malformed"},
    {"no point", "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"}]}", "key 1 is malformed"},
    {"a point that is off the curve",
     "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" ZEROS32 "\",\"y\":\"" ZEROS32 "\"}]}",
     "key 1 is malformed"},
    {"coordinates of another curve",
     "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" ZEROS32 "\",\"y\":\"" ZEROS32 "\"}]}",
     "key 1 is malformed"},
};

static void test_malformed(void **state)
{
    char wrong[JWT_WRONG_SIZE];

    for (size_t i = 0; i < COUNT(malformed_cases); i++) {
        int count = taken(malformed_cases[i].set, EVERY, wrong);
        if (count != -1 || strstr(wrong, malformed_cases[i].want) == NULL)
            fail_msg("%s: %d %s", malformed_cases[i].why, count, count < 0 ? wrong : "");
    }
}

/* Keys beside a good one, and what is said about each that is left out; NULL: nothing. */
static const struct {
    const char *why, *key, *want;
} left_out_cases[] = {
    {"for encryption", "{\"kty\":\"RSA\",\"use\":\"enc\"}", NULL},
    {"to encrypt with", "{\"kty\":\"OKP\",\"key_ops\":[\"deriveKey\"]}", NULL},
    {"for an algorithm that is not allowed", "{\"kty\":\"EC\",\"crv\":\"P-521\"}", NULL},
    {"for PSS", "{\"kty\":\"RSA\",\"alg\":\"PS256\"}", NULL},
    {"Ed25519", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}", NULL},
    {"for key agreement", "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"use\":\"enc\"}", NULL},
    {"of another kind", "{\"kty\":\"AKP\",\"kid\":\"e\"}",
     "key 1 (kid \"e\") is of the kind \"AKP\""},
    {"another curve of Edwards", "{\"kty\":\"OKP\",\"crv\":\"Ed448\"}",
     "key 1 is on the curve \"Ed448\""},
    {"no curve of Edwards", "{\"kty\":\"OKP\"}", "key 1 has no crv"},
    {"a secret", "{\"kty\":\"oct\",\"k\":\"AAAA\"}", "key 1 is of the kind \"oct\""},
    {"without a kind", "{\"kid\":\"n\",\"n\":\"AQAB\"}", "key 1 (kid \"n\") has no kty"},
    {"another curve", "{\"kty\":\"EC\",\"crv\":\"secp256k1\"}",
     "key 1 is on the curve \"secp256k1\""},
    {"no curve", "{\"kty\":\"EC\"}", "key 1 has no crv"},
    {"an algorithm of another kind", "{\"kty\":\"RSA\",\"alg\":\"ES256\"}",
     "key 1 has an alg that does not fit its kind"},
    {"weak", "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"kid\":\"w\"}",
     "key 1 (kid \"w\") is an RSA key of 17 bits; expected 2048 to 8192"},
    {"without a modulus", "{\"kty\":\"RSA\",\"e\":\"AQAB\"}", "key 1 is malformed"},
    {"a point that is off the curve",
     "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" ZEROS32 "\",\"y\":\"" ZEROS32 "\"}",
     "key 1 is malformed"},
    {"private", "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"d\":\"AQAB\"}",
     "key 1 is private; give the public one, nothing else is needed"},
    {"a kid that is a number", "{\"kty\":\"RSA\",\"kid\":7}", "key 1 has a kid that is no string"},
    {"a member twice", "{\"kty\":\"RSA\",\"kty\":\"RSA\"}", "key 1 has a member twice"},
    {"no object", "\"key\"", "key 1 is no object"},
    {"null", "null", "key 1 is no object"},
};

static void keep_words(void *cookie, const char *words)
{
    snprintf(cookie, JWT_WRONG_SIZE, "%s", words);
}

/* RFC 7517 section 5. */
static void test_one_unusable_key(void **state)
{
    const char *good = jwk_of(world.pool, world.p256, "\"kid\":\"g\",");

    for (size_t i = 0; i < COUNT(left_out_cases); i++) {
        char said[JWT_WRONG_SIZE] = "", wrong[JWT_WRONG_SIZE];
        const struct jwt_listener listener = {keep_words, said};
        struct jwt_keys keys = {0};
        const char *set = set_of(pool_print(world.pool, "%s,%s", left_out_cases[i].key, good).at);
        assert_int_equal(
            jwks_read(text_of(set), EVERY & ~JWT_BIT(JWT_ES512), &keys, &listener, wrong), 0);
        assert_int_equal(keys.count, 1);
        jwt_keys_clear(&keys);
        if (strcmp(said, left_out_cases[i].want == NULL ? "" : left_out_cases[i].want) != 0)
            fail_msg("%s: \"%s\"", left_out_cases[i].why, said);
    }
}

/* Some providers write null for what a key does not have. */
static void test_null_members(void **state)
{
    char wrong[JWT_WRONG_SIZE];
    const char *nulls = "\"use\":null,\"key_ops\":null,\"alg\":null,\"kid\":null,\"d\":null,";

    assert_int_equal(taken(set_of(jwk_of(world.pool, world.rsa, nulls)), EVERY, wrong), 1);
}

static void test_bad_numbers(void **state)
{
    struct pool *pool = world.pool;
    struct text n = number_of(pool, world.rsa, OSSL_PKEY_PARAM_RSA_N, 0);
    static const char *const exponents[] = {"", "AA", "AQ", "Ag", "AQAA"};
    char wrong[JWT_WRONG_SIZE];

    for (size_t i = 0; i < COUNT(exponents); i++) {
        const char *key = pool_print(pool, "{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%s\"}",
                                     TEXT_ARGS(n), exponents[i])
                              .at;
        if (taken(set_of(key), EVERY, wrong) != -1)
            fail_msg("\"%s\"", exponents[i]);
    }
}

static void test_many(void **state)
{
    struct pool *pool = world.pool;
    const char *rsa = jwk_of(pool, world.rsa, "\"kid\":\"a\",");
    const char *ec = jwk_of(pool, world.p256, "\"kid\":\"b\",");
    const char *both = set_of(pool_print(pool, "%s,{\"kty\":\"OKP\"},%s", rsa, ec).at);
    struct text list = TEXT("");
    char wrong[JWT_WRONG_SIZE];

    assert_int_equal(taken(both, EVERY, wrong), 2);
    assert_int_equal(taken(both, JWT_ALL_RS, wrong), 1);
    assert_int_equal(taken(both, JWT_BIT(JWT_ES256), wrong), 1);
    assert_int_equal(taken(both, JWT_BIT(JWT_ES512), wrong), -1);
    for (size_t i = 0; i < JWT_KEYS_MAX; i++)
        list = pool_print(pool, "%.*s%s%s", TEXT_ARGS(list), i == 0 ? "" : ",", ec);
    assert_int_equal(taken(set_of(list.at), EVERY, wrong), JWT_KEYS_MAX);
    assert_int_equal(taken(set_of(pool_print(pool, "%s,%s", list.at, ec).at), EVERY, wrong), -1);
    assert_non_null(strstr(wrong, "key 33 (kid \"b\") is one key too many"));
}

/* A set of somebody else may have more keys than there is room for. */
static void test_first_of_many(void **state)
{
    struct pool *pool = world.pool;
    const char *ec = jwk_of(pool, world.p256, "\"kid\":\"b\",");
    struct text list = text_of(ec);
    char said[JWT_WRONG_SIZE] = "", wrong[JWT_WRONG_SIZE];
    const struct jwt_listener listener = {keep_words, said};
    struct jwt_keys keys = {0};

    for (size_t i = 1; i < 3 * JWT_KEYS_MAX; i++)
        list = pool_print(pool, "%.*s,%s", TEXT_ARGS(list), ec);
    assert_int_equal(jwks_read_first(text_of(set_of(list.at)), EVERY, &keys, &listener, wrong), 0);
    assert_int_equal(keys.count, JWT_KEYS_MAX);
    assert_string_equal(said, "key 33 (kid \"b\") is one key too many");
    jwt_keys_clear(&keys);
}

static struct login *login_with(const char *const *sets, size_t count)
{
    const char *files[4], *wrong = NULL;
    struct login_settings settings = {
        .algorithms =
            JWT_BIT(JWT_RS256) | JWT_BIT(JWT_RS384) | JWT_BIT(JWT_ES256) | JWT_BIT(JWT_ES512),
        .key_files = files,
        .key_file_count = count,
        .require_exp = true,
    };

    for (size_t i = 0; i < count; i++)
        files[i] = file_with(world.pool, text_of(sets[i]));
    struct login *login = login_new(&settings, &wrong);
    for (size_t i = 0; i < count; i++)
        unlink(files[i]);
    if (login == NULL)
        fail_msg("%s", wrong);
    return login;
}

static bool is_good(const struct login *login, enum jwt_algorithm algorithm, EVP_PKEY *key,
                    const char *more)
{
    struct pool *pool = world.pool;
    const char *header =
        pool_print(pool, "{\"alg\":\"%s\"%s}", jwt_algorithm_name(algorithm), more).at;
    struct text token =
        token_by_key(pool, algorithm, key, header, "{\"sub\":\"u\",\"exp\":1700000100}");
    struct text value = pool_print(pool, "Bearer %.*s", TEXT_ARGS(token));
    struct login_request request = {&value, 1, NOW, NULL, pool};
    struct login_user user;

    return login_check(login, NULL, &request, &user) == LOGIN_OK;
}

static void test_kids(void **state)
{
    struct pool *pool = world.pool;
    const char *set =
        set_of(pool_print(pool, "%s,%s,%s,%s", jwk_of(pool, world.rsa, "\"kid\":\"a\","),
                          jwk_of(pool, world.other_rsa, "\"kid\":\"b\","),
                          jwk_of(pool, world.p256, "\"kid\":\"b\","),
                          jwk_of(pool, world.p521, "\"kid\":\"\","))
                   .at);
    const struct {
        const char *why;
        enum jwt_algorithm algorithm;
        EVP_PKEY *key;
        const char *more;
        bool want;
    } cases[] = {
        {"the first", JWT_RS256, world.rsa, ",\"kid\":\"a\"", true},
        {"the second", JWT_RS256, world.other_rsa, ",\"kid\":\"b\"", true},
        {"with another algorithm", JWT_RS384, world.other_rsa, ",\"kid\":\"b\"", true},
        {"another kind of the same name", JWT_ES256, world.p256, ",\"kid\":\"b\"", true},
        {"a kid with an escape", JWT_RS256, world.rsa, ",\"kid\":\"\\u0061\"", true},
        {"an empty kid", JWT_ES512, world.p521, ",\"kid\":\"\"", true},
        {"none, and one that fits", JWT_ES256, world.p256, "", true},
        {"none, and two that fit", JWT_RS256, world.rsa, "", false},
        {"another's name", JWT_RS256, world.rsa, ",\"kid\":\"b\"", false},
        {"an unknown name", JWT_RS256, world.rsa, ",\"kid\":\"c\"", false},
        {"an unknown name, and one that fits", JWT_ES256, world.p256, ",\"kid\":\"c\"", false},
        {"another case", JWT_RS256, world.rsa, ",\"kid\":\"A\"", false},
        {"a NUL behind it", JWT_RS256, world.rsa, ",\"kid\":\"a\\u0000\"", false},
        {"no string", JWT_RS256, world.rsa, ",\"kid\":[\"a\"]", false},
    };
    struct login *login = login_with(&set, 1);

    for (size_t i = 0; i < COUNT(cases); i++)
        if (is_good(login, cases[i].algorithm, cases[i].key, cases[i].more) != cases[i].want)
            fail_msg("%s", cases[i].why);
    login_free(login);
}

/* A key that says what it is for is not used for anything else. */
static void test_said_algorithms(void **state)
{
    struct pool *pool = world.pool;
    const char *set =
        set_of(pool_print(pool, "%s,%s,%s,%s", jwk_of(pool, world.rsa, "\"alg\":\"RS256\","),
                          jwk_of(pool, world.other_rsa, "\"alg\":\"RS384\","),
                          jwk_of(pool, world.p256, ""), jwk_of(pool, world.p521, ""))
                   .at);
    struct login *login = login_with(&set, 1);

    assert_true(is_good(login, JWT_RS256, world.rsa, ""));
    assert_true(is_good(login, JWT_RS384, world.other_rsa, ""));
    assert_false(is_good(login, JWT_RS384, world.rsa, ""));
    assert_false(is_good(login, JWT_RS256, world.other_rsa, ""));
    login_free(login);
}

/* A key in PEM form has no name: it is tried whatever the token's kid. */
static void test_mixed_files(void **state)
{
    struct pool *pool = world.pool;
    const char *files[] = {
        set_of(jwk_of(pool, world.rsa, "\"kid\":\"a\",")),
        pem_of(pool, world.other_rsa).at,
        pem_of(pool, world.p256).at,
        pem_of(pool, world.p521).at,
    };
    struct login *login = login_with(files, COUNT(files));

    assert_true(is_good(login, JWT_RS256, world.rsa, ",\"kid\":\"a\""));
    assert_true(is_good(login, JWT_RS256, world.other_rsa, ",\"kid\":\"a\""));
    assert_true(is_good(login, JWT_RS256, world.other_rsa, ",\"kid\":\"x\""));
    assert_true(is_good(login, JWT_RS256, world.other_rsa, ""));
    assert_false(is_good(login, JWT_RS256, world.rsa, ",\"kid\":\"x\""));
    assert_false(is_good(login, JWT_RS256, world.rsa, ""));
    login_free(login);
}

static int begin(void **state)
{
    world = (struct world){pool_new(), EVP_RSA_gen(2048), EVP_RSA_gen(2048), EVP_EC_gen("P-256"),
                           EVP_EC_gen("P-521")};
    return 0;
}

static int end(void **state)
{
    EVP_PKEY_free(world.rsa);
    EVP_PKEY_free(world.other_rsa);
    EVP_PKEY_free(world.p256);
    EVP_PKEY_free(world.p521);
    pool_free(world.pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),      cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_bad_numbers),  cmocka_unit_test(test_one_unusable_key),
        cmocka_unit_test(test_null_members), cmocka_unit_test(test_many),
        cmocka_unit_test(test_kids),         cmocka_unit_test(test_said_algorithms),
        cmocka_unit_test(test_mixed_files),  cmocka_unit_test(test_first_of_many),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
