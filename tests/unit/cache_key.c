/* Keys of stored responses, and the values of Vary in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/random.h"
#include "bff/cache/cache_key.h"
#include "bff/cache/cache_vary.h"
#include "tests/unit/cache_message.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct cache_key_parts alice(void)
{
    return (struct cache_key_parts){.scope = TEXT("route /api/"),
                                    .service = TEXT("users"),
                                    .target = TEXT("/users/7"),
                                    .user = TEXT("alice"),
                                    .roles = TEXT("user")};
}

static void test_how_a_key_is_written(void **state)
{
    struct pool *pool = pool_new();
    struct cache_key_parts parts = alice();
    struct text key = cache_key_text(pool, &parts);

    assert_true(text_is(key, "scope11:route /api/service5:userstarget8:/users/7user5:aliceroles4:"
                             "user"));
    assert_true(text_is(cache_key_variant(pool, TEXT("a"), TEXT("bc")), "avariant2:bc"));
    pool_free(pool);
}

/* All of these are different, and none of them is the same as another one. */
static void test_different_requests_have_different_keys(void **state)
{
    const struct cache_key_parts all[] = {
        {.target = TEXT("/a")},
        {.target = TEXT("/A")},
        {.target = TEXT("/a"), .is_shared = true},
        {.target = TEXT("/a"), .service = TEXT("")},
        {.target = TEXT("/a"), .service = TEXT("s")},
        {.target = TEXT("/a"), .scope = TEXT("s")},
        {.target = TEXT("/a"), .origin = TEXT("s")},
        {.target = TEXT("/a"), .host = TEXT("s")},
        {.target = TEXT("/a"), .vary = TEXT("s")},
        {.target = TEXT("/a"), .user = TEXT("s")},
        {.target = TEXT("/a"), .user = TEXT("s"), .roles = TEXT("")},
        {.target = TEXT("/a"), .user = TEXT("s"), .roles = TEXT("r")},
        {.target = TEXT("/a"), .user = TEXT("")},
        {.target = TEXT("/a"), .authorization = TEXT("s")},
        {.target = TEXT("/a"), .cookie = TEXT("s")},
        {.target = TEXT("/a"), .authorization = TEXT("s"), .cookie = TEXT("s")},
        {.target = TEXT("/a"), .user = TEXT("ss5:aliceroles1:r")},
        {.target = TEXT("/auser1:s")},
        {.target = TEXT("/aservice1:s")},
        {.target = TEXT("/a"), .authorization = TEXT("scookie1:s")},
        {.target = TEXT("/a"), .caller = TEXT("s")},
        {.target = TEXT("/a"), .caller = TEXT("t")},
        {.target = TEXT("/a"), .caller = TEXT("s"), .authorization = TEXT("s")},
        {.target = TEXT("/a"), .caller = TEXT("s"), .cookie = TEXT("s")},
    };
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(all); i++)
        for (size_t j = 0; j < i; j++)
            if (text_equal(cache_key_text(pool, &all[i]), cache_key_text(pool, &all[j])))
                fail_msg("%zu and %zu", j, i);
    pool_free(pool);
}

static void test_what_does_not_count(void **state)
{
    struct pool *pool = pool_new();
    struct cache_key_parts parts = alice(), shared = alice(), bob = alice();
    struct text key = cache_key_text(pool, &parts);

    parts.authorization = TEXT("Bearer x"); /* the user is known */
    parts.cookie = TEXT("a=b");
    assert_true(text_equal(cache_key_text(pool, &parts), key));
    shared.is_shared = bob.is_shared = true;
    bob.user = TEXT("bob");
    bob.cookie = TEXT("a=b");
    assert_true(text_equal(cache_key_text(pool, &shared), cache_key_text(pool, &bob)));
    assert_false(text_equal(cache_key_text(pool, &shared), key));
    pool_free(pool);
}

/* Short texts of few letters, which look like parts of a key. */
static struct text random_text(struct random *random, struct pool *pool)
{
    static const char *const words[] = {"user", "roles", "cookie", "1", "2", ":", "", "x", "0:"};
    struct text_builder out;

    text_builder_init(&out, pool, 32);
    if (random_below(random, 4) == 0)
        return (struct text){0};
    for (uint32_t count = random_below(random, 4); count > 0; count--)
        text_builder_add(&out, text_of(words[random_below(random, COUNT(words))]));
    return text_builder_text(&out);
}

static bool is_same(struct text a, struct text b)
{
    return (a.at == NULL) == (b.at == NULL) && text_equal(a, b);
}

static void test_random_keys_are_not_ambiguous(void **state)
{
    struct random random = {{1, 2}};

    for (int i = 0; i < 20000; i++) {
        struct pool *pool = pool_new();
        struct cache_key_parts parts[2];
        for (int side = 0; side < 2; side++)
            parts[side] = (struct cache_key_parts){.target = random_text(&random, pool),
                                                   .user = random_text(&random, pool),
                                                   .roles = random_text(&random, pool)};
        bool want = is_same(parts[0].target, parts[1].target) &&
                    is_same(parts[0].user, parts[1].user) &&
                    (parts[0].user.at == NULL || is_same(parts[0].roles, parts[1].roles));
        assert_int_equal(
            text_equal(cache_key_text(pool, &parts[0]), cache_key_text(pool, &parts[1])), want);
        pool_free(pool);
    }
}

static const struct {
    const char *why, *vary, *request, *want;
} varies[] = {
    {"no names", "", "GET", NULL},
    {"only commas", " , ,", "GET", NULL},
    {"a value", "accept-language", "GET | Accept-Language: de", "15:accept-language2:de"},
    {"capital letters in Vary", "Accept-Language", "GET | accept-language: de",
     "15:accept-language2:de"},
    {"an absent field", "a", "GET", "1:a-"},
    {"an empty field", "a", "GET | a:", "1:a0:"},
    {"sorted", "b, a", "GET | a: 1 | b: 2", "1:a1:11:b1:2"},
    {"twice", "a, A", "GET | a: 1", "1:a1:1"},
    {"two fields", "a", "GET | a: 1 | a: 2", "1:a3:1,2"},
    {"blanks around commas", "a", "GET | a: 1 ,\t2", "1:a3:1,2"},
    {"blanks within items", "a", "GET | a: 1 2, 3", "1:a5:1 2,3"},
    {"blanks in quotes", "a", "GET | a: \"1 , 2\" , 3", "1:a9:\"1 , 2\",3"},
    {"an escaped quote", "a", "GET | a: \"\\\" , 2\" , 3", "1:a10:\"\\\" , 2\",3"},
};

static void test_values_of_vary(void **state)
{
    for (size_t i = 0; i < COUNT(varies); i++) {
        struct pool *pool = pool_new();
        struct cache_message message = cache_message_read(pool, text_of(varies[i].request), 0);
        struct cache_request request = cache_message_request(&message);
        struct text got = cache_vary_values(pool, text_of(varies[i].vary), &request);

        if (!is_same(got, text_of(varies[i].want)))
            fail_msg("%s: %.*s", varies[i].why, TEXT_ARGS(got));
        pool_free(pool);
    }
}

static void test_names_of_a_rule(void **state)
{
    const struct text names[] = {TEXT("b"), TEXT("a"), {0}};
    struct pool *pool = pool_new();
    struct cache_message message = cache_message_read(pool, TEXT("GET | a: 1"), 0);
    struct cache_request request = cache_message_request(&message);

    assert_true(text_is(cache_vary_rule_values(pool, names, &request), "1:a1:11:b-"));
    assert_null(cache_vary_rule_values(pool, NULL, &request).at);
    assert_true(cache_vary_is_covered(TEXT("A, b,"), names));
    assert_false(cache_vary_is_covered(TEXT("a, c"), names));
    assert_true(cache_vary_is_covered((struct text){0}, NULL));
    assert_false(cache_vary_is_covered(TEXT("a"), NULL));
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_how_a_key_is_written),
        cmocka_unit_test(test_different_requests_have_different_keys),
        cmocka_unit_test(test_what_does_not_count),
        cmocka_unit_test(test_random_keys_are_not_ambiguous),
        cmocka_unit_test(test_values_of_vary),
        cmocka_unit_test(test_names_of_a_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
