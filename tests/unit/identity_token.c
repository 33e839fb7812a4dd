/* Tests of the tokens that services get: they are checked by our own login, from the published key
 * set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/edge/identity.h"
#include "bff/edge/login.h"
#include "bff/token/jwk.h"
#include "bff/token/jwks.h"
#include "bff/token/jwt_base64.h"

#include "tests/unit/login_tokens.h"

#define ISSUER "bff-web"

static struct pool *pool;

/* The system clock is put forward by so much. */
static int64_t later_ms;

int64_t __real_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void) { return __real_clock_wall_ms() + later_ms; }

static struct text private_pem(EVP_PKEY *key, const char *passphrase)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *at = NULL;
    const EVP_CIPHER *cipher = passphrase == NULL ? NULL : EVP_aes_128_cbc();

    must(PEM_write_bio_PrivateKey(out, key, cipher, NULL, 0, NULL, (void *)(uintptr_t)passphrase) ==
         1);
    long len = BIO_get_mem_data(out, &at);
    struct text pem = pool_text(pool, (struct text){at, (size_t)len});
    BIO_free(out);
    return pem;
}

static const char *key_file(EVP_PKEY *key) { return file_with(pool, private_pem(key, NULL)); }

static struct identity_settings settings_of(const char *file, enum jwt_algorithm algorithm)
{
    return (struct identity_settings){
        .key_file = (char *)(uintptr_t)file,
        .algorithm = algorithm,
        .header = TEXT("x-identity"),
        .ttl_s = 60,
        .issuer = TEXT(ISSUER),
    };
}

/* The keys, and a worker's identity. */
struct stage {
    struct identity_keys *keys;
    struct identity *identity;
};

static struct stage stage_of(const struct identity_settings *settings)
{
    const char *wrong = NULL;
    struct stage stage = {.keys = identity_keys_new(settings, &wrong)};

    if (stage.keys == NULL)
        fail_msg("%s", wrong);
    stage.identity = identity_new(stage.keys);
    return stage;
}

static void stage_end(struct stage *stage)
{
    identity_free(stage->identity);
    identity_keys_free(stage->keys);
}

/* Checks ${token} as a service would that trusts only ${set}. */
static enum login_verdict verdict(struct text token, struct text set, enum jwt_algorithm algorithm,
                                  const char *audience, struct login_user *user)
{
    const char *file = file_with(pool, set), *wrong = "";
    struct login_settings settings = {
        .algorithms = JWT_BIT(algorithm),
        .key_files = &file,
        .key_file_count = 1,
        .issuer = ISSUER,
        .audience = audience,
        .user = {{"sub"}, 1},
        .role = {{"roles"}, 1},
        .require_exp = true,
    };
    struct login *login = login_new(&settings, &wrong);
    if (login == NULL)
        fail_msg("%s", wrong);
    struct text value = pool_print(pool, "Bearer %.*s", TEXT_ARGS(token));
    struct login_request request = {
        .authorization = &value,
        .authorization_count = 1,
        .now_seconds = clock_wall_ms() / 1000,
        .pool = pool,
    };
    enum login_verdict found = login_check(login, NULL, &request, user);
    login_free(login);
    unlink(file);
    return found;
}

static const struct identity_subject ada = {
    .user = {"u1", 2}, .roles = {"customer,staff", 14}, .session = {"s1", 2}};

static void our_login_takes_a_token_of_each_algorithm(void **state)
{
    static const struct {
        enum jwt_algorithm algorithm;
        const char *kind, *size;
    } cases[] = {
        {JWT_ES256, "EC", "P-256"}, {JWT_ES384, "EC", "P-384"}, {JWT_ES512, "EC", "P-521"},
        {JWT_RS256, "RSA", "2048"}, {JWT_RS512, "RSA", "2048"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        EVP_PKEY *key = cases[i].kind[0] == 'E' ? EVP_EC_gen(cases[i].size)
                                                : EVP_RSA_gen((unsigned)atoi(cases[i].size));
        const char *file = key_file(key);
        struct identity_settings settings = settings_of(file, cases[i].algorithm);
        struct stage stage = stage_of(&settings);
        struct text set = identity_keys_set(stage.keys);
        struct text token = identity_token(stage.identity, &ada, TEXT("orders"));
        struct login_user user;

        assert_int_equal(verdict(token, set, cases[i].algorithm, "orders", &user), LOGIN_OK);
        assert_true(text_is(user.id, "u1"));
        assert_true(text_is(user.roles, "customer,staff"));
        assert_int_equal(verdict(token, set, cases[i].algorithm, "users", &user), LOGIN_BAD);
        stage_end(&stage);
        unlink(file);
        EVP_PKEY_free(key);
    }
}

/* About one signature in 128 has a number with a leading zero, which must not be left out. */
static void every_signature_has_its_whole_length(void **state)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    char wrong[JWT_WRONG_SIZE];
    struct sign *sign = sign_new(private_pem(key, NULL), JWT_ES256, wrong);
    struct json_print set;

    json_print_init(&set, pool);
    json_print_raw(&set, TEXT("{\"keys\":["));
    jwk_print(&set, key, sign_kid(sign), TEXT("ES256"));
    json_print_raw(&set, TEXT("]}"));
    for (int i = 0; i < 500; i++) {
        struct sign_claim claims[] = {
            {"iss", SIGN_TEXT, .text = TEXT(ISSUER)},
            {"sub", SIGN_TEXT, .text = TEXT("u1")},
            {"exp", SIGN_NUMBER, .number = clock_wall_ms() / 1000 + 100 + i},
        };
        struct text token = sign_token(sign, claims, COUNT(claims), pool), rest = token;
        text_cut(&rest, '.');
        text_cut(&rest, '.');
        assert_int_equal(rest.len, 86);
        if (i < 50) {
            struct login_user user;
            assert_int_equal(verdict(token, json_print_text(&set), JWT_ES256, NULL, &user),
                             LOGIN_OK);
        }
    }
    sign_free(sign);
    EVP_PKEY_free(key);
}

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
        {"a secret", private_pem(p256, NULL), JWT_HS256,
         "HS256 cannot be used; RS256, ES256 and the like can"},
        {"another curve", private_pem(p384, NULL), JWT_ES256, "is no key for ES256"},
        {"another kind", private_pem(p256, NULL), JWT_RS256, "is no key for RS256"},
        {"a short key", private_pem(small, NULL), JWT_RS256,
         "is an RSA key of 1024 bits; expected 2048 to 8192"},
        {"a passphrase", private_pem(p256, "open"), JWT_ES256,
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
    const char *signing = key_file(now),
               *files[] = {key_file(before), file_with(pool, pem_of(pool, before)), signing,
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

static void a_token_is_kept_for_its_user_and_its_service(void **state)
{
    static const struct {
        const char *why;
        struct identity_subject subject;
        const char *service;
        bool is_same;
    } cases[] = {
        {"the same", {{"u1", 2}, {"a", 1}, {"r", 1}, {"k", 1}, {"s", 1}}, "orders", true},
        {"another user", {{"u2", 2}, {"a", 1}, {"r", 1}, {"k", 1}, {"s", 1}}, "orders", false},
        {"another role", {{"u1", 2}, {"b", 1}, {"r", 1}, {"k", 1}, {"s", 1}}, "orders", false},
        {"another scope", {{"u1", 2}, {"a", 1}, {"w", 1}, {"k", 1}, {"s", 1}}, "orders", false},
        {"another key", {{"u1", 2}, {"a", 1}, {"r", 1}, {"l", 1}, {"s", 1}}, "orders", false},
        {"another session", {{"u1", 2}, {"a", 1}, {"r", 1}, {"k", 1}, {"t", 1}}, "orders", false},
        {"another service", {{"u1", 2}, {"a", 1}, {"r", 1}, {"k", 1}, {"s", 1}}, "users", false},
        {"texts moved", {{"u", 1}, {"1a", 2}, {"r", 1}, {"k", 1}, {"s", 1}}, "orders", false},
        {"no user", {{NULL, 0}, {"a", 1}, {"r", 1}, {"k", 1}, {"s", 1}}, "orders", false},
    };
    EVP_PKEY *key = EVP_EC_gen("P-256");
    const char *file = key_file(key);
    struct identity_settings settings = settings_of(file, JWT_ES256);
    struct stage stage = stage_of(&settings);
    struct text first =
        pool_text(pool, identity_token(stage.identity, &cases[0].subject, TEXT("orders")));

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text token =
            identity_token(stage.identity, &cases[i].subject, text_of(cases[i].service));
        if (text_equal(token, first) != cases[i].is_same)
            fail_msg("%s", cases[i].why);
    }
    stage_end(&stage);
    unlink(file);
    EVP_PKEY_free(key);
}

/* Who knows the id has the session. */
static void the_id_of_a_session_is_not_in_the_token(void **state)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    const char *file = key_file(key);
    struct identity_settings settings = settings_of(file, JWT_ES256);
    struct stage stage = stage_of(&settings);
    struct identity_subject subject = {.user = TEXT("u1"), .session = TEXT("known-to-a-cookie")};
    struct text rest = identity_token(stage.identity, &subject, TEXT("orders")), claims;

    text_cut(&rest, '.');
    assert_int_equal(jwt_base64_decode(pool, text_cut(&rest, '.'), &claims), 0);
    assert_null(memmem(claims.at, claims.len, "known", 5));
    /* Reckoned with sha256sum and base64. */
    assert_non_null(memmem(claims.at, claims.len,
                           "\"sid\":\"5cN2sk7kV1RZEg3VzUqVzmaOIwXW-wda2SCpDolZ6_s\"", 51));
    stage_end(&stage);
    unlink(file);
    EVP_PKEY_free(key);
}

static void one_audience_is_one_token_for_all_services(void **state)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    const char *file = key_file(key);
    struct identity_settings settings = settings_of(file, JWT_ES256);
    struct login_user user;

    settings.audience = TEXT("shop");
    struct stage stage = stage_of(&settings);
    struct text token = pool_text(pool, identity_token(stage.identity, &ada, TEXT("orders")));
    assert_true(text_equal(identity_token(stage.identity, &ada, TEXT("users")), token));
    assert_int_equal(verdict(token, identity_keys_set(stage.keys), JWT_ES256, "shop", &user),
                     LOGIN_OK);
    stage_end(&stage);
    unlink(file);
    EVP_PKEY_free(key);
}

/* The jump of the clock is longer than the test may take. */
static void a_token_is_renewed_before_it_ends(void **state)
{
    static const struct {
        int64_t later_s;
        bool is_same;
    } cases[] = {{440, true}, {460, false}, {-10, false}};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    const char *file = key_file(key);
    struct identity_settings settings = settings_of(file, JWT_ES256);

    settings.ttl_s = 600;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stage stage = stage_of(&settings);
        struct text first = pool_text(pool, identity_token(stage.identity, &ada, TEXT("a")));
        struct identity_subject same = ada;
        same.scopes = TEXT("");
        later_ms = cases[i].later_s * 1000;
        struct text next = identity_token(stage.identity, &same, TEXT("a"));
        later_ms = 0;
        assert_int_equal(text_equal(next, first), cases[i].is_same);
        stage_end(&stage);
    }
    unlink(file);
    EVP_PKEY_free(key);
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
        cmocka_unit_test(our_login_takes_a_token_of_each_algorithm),
        cmocka_unit_test(every_signature_has_its_whole_length),
        cmocka_unit_test(a_thumbprint_is_that_of_the_standard),
        cmocka_unit_test(a_key_that_cannot_sign_is_named),
        cmocka_unit_test(the_set_has_the_public_halves_of_other_keys),
        cmocka_unit_test(a_token_is_kept_for_its_user_and_its_service),
        cmocka_unit_test(the_id_of_a_session_is_not_in_the_token),
        cmocka_unit_test(one_audience_is_one_token_for_all_services),
        cmocka_unit_test(a_token_is_renewed_before_it_ends),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
