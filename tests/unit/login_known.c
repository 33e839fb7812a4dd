/* Tests that the cache of known tokens belongs to a worker and to the login settings, and not to
 * one configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/edge/login_cache.h"

#include "tests/unit/login_tokens.h"

#define OTHER_SECRET "another secret, as long as this one"

static struct login *made(struct login_settings settings)
{
    const char *wrong = NULL;
    struct login *login = login_new(&settings, &wrong);

    if (login == NULL)
        fail_msg("%s", wrong);
    return login;
}

static struct login_settings by_secret(void)
{
    return (struct login_settings){
        .algorithms = JWT_BIT(JWT_HS256), .secret = TEXT(SECRET), .leeway_seconds = 30};
}

static const char *key_files[2];

static struct login_settings by_key(const char *const *file)
{
    return (struct login_settings){
        .algorithms = JWT_BIT(JWT_ES256), .key_files = file, .key_file_count = 1};
}

/* Whether a cache that is held for ${before} is found again by a login of ${after}. */
static bool is_shared(struct login_settings before, struct login_settings after)
{
    struct login *first = made(before), *second = made(after);
    struct login_cache *cache = login_cache_hold(first, 3);
    struct login_cache *again = login_cache_hold(second, 3);
    bool is = cache == again;

    login_free(first); /* the cache outlives it */
    login_cache_release(cache);
    login_cache_release(again);
    login_free(second);
    return is;
}

static void test_what_decides_about_a_token_names_its_cache(void **state)
{
    struct login_settings base = by_secret(), other = by_secret();

    assert_true(is_shared(base, other));
    other.secret = TEXT(OTHER_SECRET);
    assert_false(is_shared(base, other));
    other = by_secret();
    other.algorithms |= JWT_BIT(JWT_HS384);
    assert_false(is_shared(base, other));
    other = by_secret();
    other.issuer = "";
    assert_false(is_shared(base, other));
    other = by_secret();
    other.audience = "shop";
    assert_false(is_shared(base, other));
    other = by_secret();
    other.leeway_seconds++;
    assert_false(is_shared(base, other));
    other = by_secret();
    other.require_exp = true;
    assert_false(is_shared(base, other));
    other = by_secret();
    other.user = (struct login_paths){{"sub"}, 1};
    assert_false(is_shared(base, other));
    other = by_secret();
    other.role = (struct login_paths){{"roles"}, 1};
    assert_false(is_shared(base, other));
    other.user = (struct login_paths){{"id", "sub"}, 2};
    other.role = (struct login_paths){{"role"}, 1};
    assert_true(is_shared(base, other));
    base.issuer = "a";
    other = by_secret();
    other.audience = "a";
    assert_false(is_shared(base, other));
}

static void test_keys(void **state)
{
    assert_true(is_shared(by_key(&key_files[0]), by_key(&key_files[0])));
    assert_false(is_shared(by_key(&key_files[0]), by_key(&key_files[1])));
}

/* Keys that were loaded once are not read again: their file may be gone. */
static void test_keys_of_another_login(void **state)
{
    struct login *first = made(by_key(&key_files[0]));
    const char *no_file = "/nowhere/key.pem";
    struct login_settings settings = by_key(&no_file);
    settings.keys_of = first;
    struct login *second = made(settings);
    struct login_cache *cache = login_cache_hold(first, 0), *again = login_cache_hold(second, 0);

    assert_ptr_equal(cache, again);
    login_cache_release(cache);
    login_cache_release(again);
    login_free(first);
    login_free(second);
}

static void test_each_worker_has_its_own(void **state)
{
    struct login *login = made(by_secret());
    struct login_cache *first = login_cache_hold(login, 1), *second = login_cache_hold(login, 11);

    assert_ptr_not_equal(first, second);
    login_cache_release(first);
    login_cache_release(second);
    login_free(login);
}

static void test_a_token_is_known_after_a_change(void **state)
{
    struct pool *pool = pool_new();
    struct login *old = made(by_secret()), *new = made(by_secret());
    struct login_cache *cache = login_cache_hold(old, 0);
    struct text token = token_by_secret(pool, JWT_HS256, TEXT(SECRET), "{\"alg\":\"HS256\"}",
                                        "{\"sub\":\"u7\",\"exp\":1700000100}");
    struct text value = pool_print(pool, "Bearer %.*s", TEXT_ARGS(token));
    struct login_request request = {&value, 1, NOW, NULL, pool};
    unsigned char digest[LOGIN_CACHE_DIGEST];
    struct login_user user;

    assert_int_equal(login_check(old, cache, &request, &user), LOGIN_OK);
    struct login_cache *again = login_cache_hold(new, 0);
    login_cache_release(cache);
    login_free(old);
    login_cache_digest(again, token, digest);
    assert_non_null(login_cache_find(again, digest));
    assert_int_equal(login_check(new, again, &request, &user), LOGIN_OK);
    login_cache_release(again);
    again = login_cache_hold(new, 0); /* nobody held it: what was known is forgotten */
    assert_null(login_cache_find(again, digest));
    login_cache_release(again);
    login_free(new);
    pool_free(pool);
}

static int begin(void **state)
{
    struct pool *pool = pool_new();

    *state = pool;
    for (size_t i = 0; i < COUNT(key_files); i++) {
        EVP_PKEY *key = EVP_EC_gen("P-256");
        key_files[i] = file_with(pool, pem_of(pool, key));
        EVP_PKEY_free(key);
    }
    return 0;
}

static int finish(void **state)
{
    for (size_t i = 0; i < COUNT(key_files); i++)
        unlink(key_files[i]);
    pool_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_decides_about_a_token_names_its_cache),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_keys_of_another_login),
        cmocka_unit_test(test_each_worker_has_its_own),
        cmocka_unit_test(test_a_token_is_known_after_a_change),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
