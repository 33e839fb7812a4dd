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
#include "bff/token/jwt_base64.h"

#include "tests/unit/identity_stage.h"

static struct pool *pool;

static int64_t later_ms; /* the system clock is put forward by so much */

int64_t __real_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void) { return __real_clock_wall_ms() + later_ms; }

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
        const char *file = key_file(pool, key);
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
    struct sign *sign = sign_new(private_pem(pool, key, NULL), JWT_ES256, wrong);
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
    const char *file = key_file(pool, key);
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
    const char *file = key_file(pool, key);
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
    const char *file = key_file(pool, key);
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

static void a_token_is_renewed_before_it_ends(void **state)
{
    static const struct {
        int64_t later_s;
        bool is_same;
    } cases[] = {{440, true}, {460, false}, {-10, false}};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    const char *file = key_file(pool, key);
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
        cmocka_unit_test(a_token_is_kept_for_its_user_and_its_service),
        cmocka_unit_test(the_id_of_a_session_is_not_in_the_token),
        cmocka_unit_test(one_audience_is_one_token_for_all_services),
        cmocka_unit_test(a_token_is_renewed_before_it_ends),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
