/* Tests of the Authorization field, and of the cache of known tokens. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/edge/login_cache.h"

#include "tests/unit/login_tokens.h"

static struct world {
    struct pool *pool;
    struct login *login;
    struct text token; /* of u7, until NOW + 100 */
} world;

static struct text token_of(struct pool *pool, const char *claims)
{
    return token_by_secret(pool, JWT_HS256, TEXT(SECRET), "{\"alg\":\"HS256\"}", claims);
}

static enum login_verdict check_values(const char *first, const char *second)
{
    struct text values[] = {text_of(first), text_of(second)};
    size_t count = first == NULL ? 0 : second == NULL ? 1 : 2;
    struct login_request request = {values, count, NOW, NULL, world.pool};
    struct login_user user;
    enum login_verdict verdict = login_check(world.login, NULL, &request, &user);

    assert_true((verdict == LOGIN_OK) == (user.id.at != NULL));
    return verdict;
}

/* ${format} with the good token for each %s. */
static const char *filled(char out[1024], const char *format)
{
    if (format == NULL)
        return NULL;
    snprintf(out, 1024, format, world.token.at, world.token.at);
    return out;
}

static void test_fields(void **state)
{
    static const struct {
        const char *why, *first, *second;
        enum login_verdict want;
    } cases[] = {
        {"none", NULL, NULL, LOGIN_ANONYMOUS},
        {"a token", "Bearer %s", NULL, LOGIN_OK},
        {"in lower case", "bearer %s", NULL, LOGIN_OK},
        {"in upper case", "BEARER %s", NULL, LOGIN_OK},
        {"more spaces", "Bearer   %s", NULL, LOGIN_OK},
        {"another scheme", "Basic dTc6c2VjcmV0", NULL, LOGIN_ANONYMOUS},
        {"a longer scheme", "Bearers %s", NULL, LOGIN_ANONYMOUS},
        {"a shorter scheme", "Beare %s", NULL, LOGIN_ANONYMOUS},
        {"no scheme", "%s", NULL, LOGIN_ANONYMOUS},
        {"no space", "Bearer%s", NULL, LOGIN_ANONYMOUS},
        {"a tab", "Bearer\t%s", NULL, LOGIN_ANONYMOUS},
        {"a space first", " Bearer %s", NULL, LOGIN_ANONYMOUS},
        {"an empty field", "", NULL, LOGIN_ANONYMOUS},
        {"no token", "Bearer", NULL, LOGIN_ANONYMOUS},
        {"only spaces", "Bearer  ", NULL, LOGIN_ANONYMOUS},
        {"a space behind it", "Bearer %s ", NULL, LOGIN_BAD},
        {"a tab behind it", "Bearer %s\t", NULL, LOGIN_BAD},
        {"two tokens", "Bearer %s %s", NULL, LOGIN_BAD},
        {"a list of two", "Bearer %s, Bearer %s", NULL, LOGIN_BAD},
        {"in quotes", "Bearer \"%s\"", NULL, LOGIN_BAD},
        {"some text", "Bearer undefined", NULL, LOGIN_BAD},
        {"two fields", "Bearer %s", "Bearer %s", LOGIN_AMBIGUOUS},
        {"two fields, of other schemes", "Basic YTpi", "Basic YTpi", LOGIN_AMBIGUOUS},
        {"two fields, one empty", "Bearer %s", "", LOGIN_AMBIGUOUS},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char first[1024], second[1024];
        if (check_values(filled(first, cases[i].first), filled(second, cases[i].second)) !=
            cases[i].want)
            fail_msg("%s", cases[i].why);
    }
}

/* Of ${len} bytes exactly, if that can be. */
static struct text long_token(size_t len)
{
    size_t most = len;
    struct text token;

    do {
        char *filler = pool_zero(world.pool, most + 1);
        memset(filler, 'a', most);
        token = token_of(
            world.pool,
            pool_print(world.pool, "{\"sub\":\"u7\",\"exp\":1700000100,\"a\":\"%s\"}", filler).at);
        most--;
    } while (token.len > len);
    return token;
}

static void test_sizes(void **state)
{
    struct text most = long_token(LOGIN_TOKEN_MAX), more = long_token(LOGIN_TOKEN_MAX + 2);
    char value[LOGIN_TOKEN_MAX + 100];

    assert_in_range(most.len, LOGIN_TOKEN_MAX - 1, LOGIN_TOKEN_MAX);
    assert_in_range(more.len, LOGIN_TOKEN_MAX + 1, LOGIN_TOKEN_MAX + 2);
    snprintf(value, sizeof(value), "Bearer %s", most.at);
    assert_int_equal(check_values(value, NULL), LOGIN_OK);
    snprintf(value, sizeof(value), "Bearer %s", more.at);
    assert_int_equal(check_values(value, NULL), LOGIN_BAD);
}

/* Through ${cache}, at another time; the user lives in a pool of its own, gone on return. */
static enum login_verdict check_at(struct login_cache *cache, struct text token, int64_t now,
                                   const char *id)
{
    struct pool *pool = pool_new();
    struct text value = pool_print(pool, "Bearer %.*s", TEXT_ARGS(token));
    struct login_request request = {&value, 1, now, NULL, pool};
    struct login_user user;
    enum login_verdict verdict = login_check(world.login, cache, &request, &user);

    assert_true(text_equal(user.id, verdict == LOGIN_OK ? text_of(id) : (struct text){0}));
    pool_free(pool);
    return verdict;
}

static bool is_kept(struct login_cache *cache, struct text token)
{
    unsigned char digest[LOGIN_CACHE_DIGEST];

    login_cache_digest(cache, token, digest);
    return login_cache_find(cache, digest) != NULL;
}

static void test_seen_again(void **state)
{
    struct login_cache *cache = login_cache_hold(world.login, 0);
    struct text token = token_of(
        world.pool, "{\"id\":\"u8\",\"role\":\"staff\",\"nbf\":1699999900,\"exp\":1700000100}");

    assert_false(is_kept(cache, token));
    assert_int_equal(check_at(cache, token, NOW, "u8"), LOGIN_OK);
    assert_true(is_kept(cache, token));
    assert_int_equal(check_at(cache, token, NOW, "u8"), LOGIN_OK);
    assert_int_equal(check_at(cache, token, NOW + 129, "u8"), LOGIN_OK);
    assert_int_equal(check_at(cache, token, NOW + 130, NULL), LOGIN_BAD);
    /* An operator has set the clock back. */
    assert_int_equal(check_at(cache, token, NOW - 130, "u8"), LOGIN_OK);
    assert_int_equal(check_at(cache, token, NOW - 131, NULL), LOGIN_BAD);
    login_cache_release(cache);
}

static void test_bad_ones_are_not_kept(void **state)
{
    struct login_cache *cache = login_cache_hold(world.login, 0);
    struct text bad[] = {
        token_of(world.pool, "{\"sub\":\"u7\",\"exp\":1}"),
        token_of(world.pool, "{\"sub\":\"u7\",\"nbf\":1800000000,\"exp\":1800000001}"),
        token_by_secret(world.pool, JWT_HS256, TEXT("another secret, as long as this one"),
                        "{\"alg\":\"HS256\"}", "{\"sub\":\"u7\",\"exp\":1700000100}"),
        TEXT("a.b.c"),
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(check_at(cache, bad[i], NOW, NULL), LOGIN_BAD);
        assert_false(is_kept(cache, bad[i]));
    }
    login_cache_release(cache);
}

/* A token that is good but for one byte is another token. */
static void test_no_mistaking(void **state)
{
    struct login_cache *cache = login_cache_hold(world.login, 0);
    char *changed = pool_take(world.pool, world.token.len);

    assert_int_equal(check_at(cache, world.token, NOW, "u7"), LOGIN_OK);
    for (size_t i = 0; i < world.token.len; i++) {
        memcpy(changed, world.token.at, world.token.len);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_equal(check_at(cache, (struct text){changed, world.token.len}, NOW, NULL),
                         LOGIN_BAD);
    }
    login_cache_release(cache);
}

static void digest_of_number(unsigned number, unsigned char digest[LOGIN_CACHE_DIGEST])
{
    memset(digest, 0, LOGIN_CACHE_DIGEST);
    memcpy(digest, &number, sizeof(number)); /* many share a bucket */
}

static bool has_number(struct login_cache *cache, unsigned number)
{
    unsigned char digest[LOGIN_CACHE_DIGEST];

    digest_of_number(number, digest);
    const struct login_claims *claims = login_cache_find(cache, digest);
    assert_true(claims == NULL || claims->until == (double)number);
    return claims != NULL;
}

static void put_number(struct login_cache *cache, unsigned number)
{
    unsigned char digest[LOGIN_CACHE_DIGEST];
    struct login_claims claims = {
        .from = -INFINITY, .until = number, .user = {TEXT("id"), TEXT("role"), TEXT("")}};

    digest_of_number(number, digest);
    login_cache_put(cache, digest, &claims);
}

static void test_oldest_goes(void **state)
{
    struct login_cache *cache = login_cache_hold(world.login, 0);

    for (unsigned i = 0; i < LOGIN_CACHE_TOKENS; i++)
        put_number(cache, i);
    assert_true(has_number(cache, 0)); /* so that 1 is the oldest now */
    put_number(cache, LOGIN_CACHE_TOKENS);
    assert_false(has_number(cache, 1));
    assert_true(has_number(cache, 0));
    assert_true(has_number(cache, LOGIN_CACHE_TOKENS));
    for (unsigned i = 2; i < LOGIN_CACHE_TOKENS; i++)
        assert_true(has_number(cache, i));
    login_cache_release(cache);
}

/* Against a list that is as simple as can be. */
static void test_any_order(void **state)
{
    static unsigned seen[LOGIN_CACHE_TOKENS + 1000];
    struct login_cache *cache = login_cache_hold(world.login, 0);
    unsigned clock = 0, seed = 1;

    memset(seen, 0, sizeof(seen));
    for (int round = 0; round < 30000; round++) {
        seed = seed * 1664525 + 1013904223;
        unsigned number = (seed >> 8) % (unsigned)COUNT(seen), newer = 0;
        for (size_t i = 0; seen[number] != 0 && i < COUNT(seen); i++)
            newer += seen[i] > seen[number];
        bool want = seen[number] != 0 && newer < LOGIN_CACHE_TOKENS;
        assert_int_equal(has_number(cache, number), want);
        if (!want)
            put_number(cache, number);
        seen[number] = ++clock;
    }
    login_cache_release(cache);
}

static int begin(void **state)
{
    struct login_settings settings = {
        .algorithms = JWT_BIT(JWT_HS256),
        .secret = TEXT(SECRET),
        .leeway_seconds = LOGIN_LEEWAY_SECONDS,
        .require_exp = true,
    };
    const char *wrong;

    world.pool = pool_new();
    world.login = login_new(&settings, &wrong);
    world.token = token_of(world.pool, "{\"sub\":\"u7\",\"exp\":1700000100}");
    return world.login == NULL ? -1 : 0;
}

static int end(void **state)
{
    login_free(world.login);
    pool_free(world.pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),       cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_seen_again),   cmocka_unit_test(test_bad_ones_are_not_kept),
        cmocka_unit_test(test_no_mistaking), cmocka_unit_test(test_oldest_goes),
        cmocka_unit_test(test_any_order),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
