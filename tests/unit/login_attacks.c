/* Tests of every algorithm, and of the known attacks on JWT implementations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/edge/login.h"

#include "tests/unit/login_tokens.h"

#define CLAIMS "{\"sub\":\"u7\",\"role\":\"staff\",\"exp\":1700000100}"
#define ALL (JWT_ALL_HS | JWT_ALL_PUBLIC)

/* Keys, made once: RSA, one for each curve, and a second rsa and P-256 that nobody has allowed. */
enum { RSA_KEY, P256, P384, P521, ED25519, OTHER_RSA, OTHER_P256, KEY_COUNT };

static struct world {
    struct pool *pool;
    EVP_PKEY *keys[KEY_COUNT];
    const char *files[5]; /* of the first five's public keys */
    struct login *all;    /* allows all algorithms */
    struct login *rs256;  /* RS256 alone */
} world;

static enum login_verdict check(const struct login *login, struct text token)
{
    struct text value = pool_print(world.pool, "Bearer %.*s", TEXT_ARGS(token));
    struct login_request request = {&value, 1, NOW, NULL, world.pool};
    struct login_user user;
    enum login_verdict verdict = login_check(login, NULL, &request, &user);

    assert_true((verdict == LOGIN_OK) == text_is(user.id, "u7"));
    assert_true((verdict == LOGIN_OK) == text_is(user.roles, "staff"));
    return verdict;
}

static EVP_PKEY *key_of(enum jwt_algorithm algorithm)
{
    if (algorithm == JWT_EDDSA)
        return world.keys[ED25519];
    if ((JWT_BIT(algorithm) & JWT_ALL_RSA) != 0)
        return world.keys[RSA_KEY];
    return world.keys[P256 + algorithm - JWT_ES256];
}

/* As the right owner of the right key would make it. */
static struct text made(enum jwt_algorithm algorithm, const char *header)
{
    if (algorithm <= JWT_HS512)
        return token_by_secret(world.pool, algorithm, TEXT(SECRET), header, CLAIMS);
    return token_by_key(world.pool, algorithm, key_of(algorithm), header, CLAIMS);
}

static struct text good(enum jwt_algorithm algorithm)
{
    return made(algorithm, header_of(world.pool, algorithm));
}

#define each_algorithm(name)                                                                       \
    enum jwt_algorithm name = JWT_HS256;                                                           \
    name < JWT_ALGORITHM_COUNT;                                                                    \
    name = (enum jwt_algorithm)(name + 1)

static void test_good_ones(void **state)
{
    for (each_algorithm(algorithm))
        assert_int_equal(check(world.all, good(algorithm)), LOGIN_OK);
    assert_int_equal(check(world.rs256, good(JWT_RS256)), LOGIN_OK);
}

/* A token that is good in all but that its algorithm is not allowed. */
static void test_only_what_is_allowed(void **state)
{
    for (each_algorithm(algorithm))
        if (algorithm != JWT_RS256)
            assert_int_equal(check(world.rs256, good(algorithm)), LOGIN_BAD);
}

/* Each algorithm's signature under each other algorithm's name. */
static void test_another_name(void **state)
{
    for (each_algorithm(really))
        for (each_algorithm(says)) {
            struct text token = made(really, header_of(world.pool, says));
            assert_int_equal(check(world.all, token), really == says ? LOGIN_OK : LOGIN_BAD);
        }
}

/* Secrets that an attacker has: what is public, or nothing. */
static void test_public_keys_as_secrets(void **state)
{
    struct pool *pool = world.pool;
    struct text pem = pem_of(pool, world.keys[RSA_KEY]);
    struct text secrets[] = {
        pem,
        {pem.at, pem.len - 1},
        pem_of(pool, world.keys[P256]),
        text_of(jwk_of(pool, world.keys[RSA_KEY], "")),
        number_of(pool, world.keys[RSA_KEY], OSSL_PKEY_PARAM_RSA_N, 0),
        TEXT(""),
        TEXT("\0"),
        TEXT("secret"),
        TEXT(SECRET "\n"),
        {SECRET, sizeof(SECRET) - 2},
    };

    for (size_t i = 0; i < COUNT(secrets); i++)
        for (enum jwt_algorithm hs = JWT_HS256; hs <= JWT_HS512; hs++) {
            struct text token = token_by_secret(pool, hs, secrets[i], header_of(pool, hs), CLAIMS);
            assert_int_equal(check(world.all, token), LOGIN_BAD);
            assert_int_equal(check(world.rs256, token), LOGIN_BAD);
        }
}

static void test_no_signature(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"none\"}",  "{\"alg\":\"None\"}",  "{\"alg\":\"NONE\"}",
        "{\"alg\":\"nOnE\"}",  "{\"alg\":\"\"}",      "{}",
        "{\"alg\":null}",      "{\"alg\":\"HS256\"}", "{\"alg\":\"RS256\"}",
        "{\"alg\":\"ES256\"}",
    };
    struct text empty = TEXT("");

    for (size_t i = 0; i < COUNT(headers); i++) {
        struct text what = unsigned_token(world.pool, headers[i], CLAIMS);
        assert_int_equal(check(world.all, what), LOGIN_BAD);
        assert_int_equal(check(world.all, with_signature(world.pool, what, empty)), LOGIN_BAD);
    }
}

/* The attacker's own key, and a header that tries to have it used. */
static void test_own_keys(void **state)
{
    struct pool *pool = world.pool;
    const char *jwk = jwk_of(pool, world.keys[OTHER_RSA], "\"kid\":\"mine\",");
    struct {
        const char *why;
        struct text member;
    } cases[] = {
        {"nothing", TEXT("")},
        {"jwk", pool_print(pool, ",\"jwk\":%s", jwk)},
        {"jwk and kid", pool_print(pool, ",\"kid\":\"mine\",\"jwk\":%s", jwk)},
        {"jku", TEXT(",\"jku\":\"http://127.0.0.1:1/keys\",\"kid\":\"mine\"")},
        {"x5u", TEXT(",\"x5u\":\"http://127.0.0.1:1/cert\"")},
        {"x5c", TEXT(",\"x5c\":[\"MIIB\"]")},
        {"a path as kid", TEXT(",\"kid\":\"../../../../dev/null\"")},
        {"a file as kid", pool_print(pool, ",\"kid\":\"%s\"", world.files[RSA_KEY])},
        {"a query as kid", TEXT(",\"kid\":\"x' UNION SELECT 'key\"")},
        {"an empty kid", TEXT(",\"kid\":\"\"")},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *rs = pool_print(pool, "{\"alg\":\"RS256\"%s}", cases[i].member.at).at;
        const char *es = pool_print(pool, "{\"alg\":\"ES256\"%s}", cases[i].member.at).at;
        struct text by_rsa = token_by_key(pool, JWT_RS256, world.keys[OTHER_RSA], rs, CLAIMS);
        struct text by_ec = token_by_key(pool, JWT_ES256, world.keys[OTHER_P256], es, CLAIMS);
        if (check(world.all, by_rsa) != LOGIN_BAD || check(world.all, by_ec) != LOGIN_BAD)
            fail_msg("%s", cases[i].why);
        /* A good token with the same members is good: they mean nothing. */
        if (check(world.all, made(JWT_RS256, rs)) != LOGIN_OK)
            fail_msg("%s, ignored", cases[i].why);
    }
}

/* Keys on the wrong curve, with a signature of the wrong size or the right one. */
static void test_curves(void **state)
{
    for (enum jwt_algorithm says = JWT_ES256; says <= JWT_ES512; says++)
        for (int key = P256; key <= P521; key++) {
            const char *header = header_of(world.pool, says);
            struct text token = token_by_key(world.pool, says, world.keys[key], header, CLAIMS);
            bool is_right = key == P256 + (int)(says - JWT_ES256);
            assert_int_equal(check(world.all, token), is_right ? LOGIN_OK : LOGIN_BAD);
        }
}

static void test_ec_signatures(void **state)
{
    static const size_t lengths[] = {0, 1, 63, 65, 70, 96, 128, 132};
    struct text what = unsigned_token(world.pool, "{\"alg\":\"ES256\"}", CLAIMS);
    unsigned char bytes[132] = {0};

    /* r and s of 0: "psychic signatures" */
    struct text zero = encoded(world.pool, bytes, 64);
    assert_int_equal(check(world.all, with_signature(world.pool, what, zero)), LOGIN_BAD);
    memset(bytes, 0xff, sizeof(bytes));
    struct text most = encoded(world.pool, bytes, 64);
    assert_int_equal(check(world.all, with_signature(world.pool, what, most)), LOGIN_BAD);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct text other = encoded(world.pool, bytes, lengths[i]);
        assert_int_equal(check(world.all, with_signature(world.pool, what, other)), LOGIN_BAD);
    }
}

/* PS*: only a salt as long as the hash is good (RFC 7518 section 3.5). */
static void test_salts(void **state)
{
    static const int lengths[] = {0, 20, 31, 33, 48, 64, RSA_PSS_SALTLEN_MAX};
    struct text what = unsigned_token(world.pool, "{\"alg\":\"PS256\"}", CLAIMS);

    for (size_t i = 0; i < COUNT(lengths); i++) {
        unsigned char bytes[256];
        size_t len = sizeof(bytes);
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        EVP_PKEY_CTX *parameters = NULL;
        must(EVP_DigestSignInit(context, &parameters, EVP_sha256(), NULL, world.keys[RSA_KEY]) ==
             1);
        must(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
        must(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, lengths[i]) == 1);
        must(EVP_DigestSign(context, bytes, &len, (const unsigned char *)what.at, what.len) == 1);
        EVP_MD_CTX_free(context);
        struct text signature = encoded(world.pool, bytes, len);
        assert_int_equal(check(world.all, with_signature(world.pool, what, signature)), LOGIN_BAD);
    }
}

/* Ed25519 with S plus the order of the group: a second signature of the same token, which strict
 * readers refuse (RFC 8032 section 5.1.7). */
static void test_second_ed25519_signature(void **state)
{
    static const unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a,       0x63,
                                            0x12, 0x58, 0xd6, 0x9c, 0xf7,       0xa2,
                                            0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    struct text what = unsigned_token(world.pool, "{\"alg\":\"EdDSA\"}", CLAIMS);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char bytes[64];
    size_t len = sizeof(bytes);
    unsigned carry = 0;

    must(EVP_DigestSignInit(context, NULL, NULL, NULL, world.keys[ED25519]) == 1);
    must(EVP_DigestSign(context, bytes, &len, (const unsigned char *)what.at, what.len) == 1);
    EVP_MD_CTX_free(context);
    struct text signature = encoded(world.pool, bytes, len);
    assert_int_equal(check(world.all, with_signature(world.pool, what, signature)), LOGIN_OK);
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)bytes[32 + i] + order[i];
        bytes[32 + i] = (unsigned char)carry;
        carry >>= 8;
    }
    signature = encoded(world.pool, bytes, len);
    assert_int_equal(check(world.all, with_signature(world.pool, what, signature)), LOGIN_BAD);
}

/* The signature of a token with one byte changed anywhere is bad; so is a shorter token. */
static void test_changes(void **state)
{
    static const enum jwt_algorithm kinds[] = {JWT_HS256, JWT_RS256, JWT_ES256, JWT_PS256,
                                               JWT_EDDSA};

    for (size_t kind = 0; kind < COUNT(kinds); kind++) {
        struct text token = pool_text(world.pool, good(kinds[kind]));
        char *bytes = pool_take(world.pool, token.len);
        for (size_t i = 0; i < token.len; i++) {
            memcpy(bytes, token.at, token.len);
            bytes[i] = bytes[i] == 'A' ? 'B' : 'A';
            assert_int_equal(check(world.all, (struct text){bytes, token.len}), LOGIN_BAD);
            assert_int_not_equal(check(world.all, (struct text){token.at, i}), LOGIN_OK);
        }
    }
}

/* Claims that are bad although the signature is good; the rest is in login_claims. */
static void test_bad_claims(void **state)
{
    static const char *const cases[] = {
        "{\"sub\":\"u7\",\"exp\":1699999000}",
        "{\"sub\":\"u7\",\"exp\":1700000100,\"nbf\":1700000090}",
        "{\"sub\":\"u7\",\"exp\":\"1700000100\"}",
        "{\"exp\":1700000100}",
        "{\"sub\":\"u7\"}",
        "[]",
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(check(world.all, token_by_key(world.pool, JWT_RS256, world.keys[RSA_KEY],
                                                       "{\"alg\":\"RS256\"}", cases[i])),
                         LOGIN_BAD);
}

/* After a bad token no connection of the same thread finds an old fault of OpenSSL's. */
static void test_leaves_no_faults(void **state)
{
    struct text what = unsigned_token(world.pool, "{\"alg\":\"RS256\"}", CLAIMS);

    check(world.all, with_signature(world.pool, what, TEXT("c2ln")));
    check(world.all, token_by_key(world.pool, JWT_ES256, world.keys[OTHER_P256],
                                  "{\"alg\":\"ES256\"}", CLAIMS));
    assert_int_equal(ERR_peek_error(), 0);
}

static struct login *login_of(unsigned algorithms, size_t files)
{
    struct login_settings settings = {
        .algorithms = algorithms,
        .secret = TEXT(SECRET),
        .key_files = world.files,
        .key_file_count = files,
        .leeway_seconds = LOGIN_LEEWAY_SECONDS,
        .require_exp = true,
    };
    const char *wrong = NULL;
    struct login *login = login_new(&settings, &wrong);

    if (login == NULL)
        fail_msg("%s", wrong);
    return login;
}

static int begin(void **state)
{
    world.pool = pool_new();
    world.keys[RSA_KEY] = EVP_RSA_gen(2048);
    world.keys[P256] = EVP_EC_gen("P-256");
    world.keys[P384] = EVP_EC_gen("P-384");
    world.keys[P521] = EVP_EC_gen("P-521");
    world.keys[ED25519] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    world.keys[OTHER_RSA] = EVP_RSA_gen(2048);
    world.keys[OTHER_P256] = EVP_EC_gen("P-256");
    for (size_t i = 0; i < COUNT(world.files); i++)
        world.files[i] = file_with(world.pool, pem_of(world.pool, world.keys[i]));
    world.all = login_of(ALL, COUNT(world.files));
    world.rs256 = login_of(JWT_BIT(JWT_RS256), 1);
    return 0;
}

static int end(void **state)
{
    for (size_t i = 0; i < COUNT(world.files); i++)
        unlink(world.files[i]);
    for (size_t i = 0; i < KEY_COUNT; i++)
        EVP_PKEY_free(world.keys[i]);
    login_free(world.all);
    login_free(world.rs256);
    pool_free(world.pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_ones),
        cmocka_unit_test(test_only_what_is_allowed),
        cmocka_unit_test(test_another_name),
        cmocka_unit_test(test_public_keys_as_secrets),
        cmocka_unit_test(test_no_signature),
        cmocka_unit_test(test_own_keys),
        cmocka_unit_test(test_curves),
        cmocka_unit_test(test_ec_signatures),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_bad_claims),
        cmocka_unit_test(test_leaves_no_faults),
        cmocka_unit_test(test_salts),
        cmocka_unit_test(test_second_ed25519_signature),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
