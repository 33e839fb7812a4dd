/* Tests of the keys of a URL: what is published after each answer, with a clock of the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/token/key_source.h"

#include "tests/unit/login_tokens.h"

#define S CLOCK_S
#define START (1000 * S)

static struct world {
    struct pool *pool;
    struct registry *registry;
    struct key_source *source;
    struct published_view view;
    struct text sets[2];
} world;

static struct key_source_settings settings_of(const char *url)
{
    return (struct key_source_settings){.url = text_of(url),
                                        .refresh_ms = 600000,
                                        .min_interval_ms = 30000,
                                        .timeout_ms = 5000,
                                        .stale_ms = 24 * 3600 * 1000};
}

static struct key_source *hold(const char *url, unsigned algorithms)
{
    struct key_source_settings settings = settings_of(url);

    return key_source_hold(world.registry, TEXT("test"), &settings, algorithms);
}

/* Refreshes at ${now_ns} with this answer. Returns the id of the keys afterwards; 0: none. */
static uint64_t refresh(int64_t now_ns, struct key_source_answer answer)
{
    assert_true(key_source_refresh(world.source, now_ns));
    key_source_take(world.source, now_ns, &answer);
    const struct key_set *set =
        (const struct key_set *)published_look(key_source_published(world.source), &world.view);
    return set == NULL ? 0 : set->id;
}

static uint64_t refresh_good(int64_t now_ns, struct text json)
{
    return refresh(now_ns, (struct key_source_answer){.status = 200, .json = json});
}

static const struct key_source_answer failure = {.reason = REASON_TIMEOUT};

static void test_only_other_keys_are_published(void **state)
{
    uint64_t first = refresh_good(START, world.sets[0]);

    assert_int_not_equal(first, 0);
    assert_int_equal(refresh_good(START + 600 * S, world.sets[0]), first);
    uint64_t second = refresh_good(START + 1200 * S, world.sets[1]);
    assert_int_not_equal(second, first);
    assert_int_not_equal(refresh_good(START + 1800 * S, world.sets[0]), first);
}

static void test_a_bad_answer_keeps_the_keys(void **state)
{
    static const struct text bad[] = {{"", 0}, {"{}", 2}, {"<html>", 6}, {"{\"keys\":[]}", 11}};
    uint64_t first = refresh_good(START, world.sets[0]);
    int64_t now_ns = START + 600 * S;

    for (size_t i = 0; i < COUNT(bad); i++, now_ns += 60 * S) {
        assert_int_equal(refresh_good(now_ns, bad[i]), first);
        struct key_source_report report = key_source_read(world.source);
        assert_true(report.is_failing);
        assert_int_equal(report.reason, REASON_BAD_JSON);
        assert_int_equal(report.keys, 1);
    }
}

/* An hour without an answer: the same keys. A day: none. */
static void test_an_hour_and_a_day_without_the_url(void **state)
{
    uint64_t first = refresh_good(START, world.sets[0]);
    int64_t now_ns = key_source_next_ns(world.source);

    for (; now_ns < START + 3600 * S; now_ns = key_source_next_ns(world.source)) {
        key_source_expire(world.source, now_ns);
        assert_int_equal(refresh(now_ns, failure), first);
    }
    for (; now_ns < START + 24 * 3600 * S; now_ns = key_source_next_ns(world.source)) {
        key_source_expire(world.source, now_ns);
        assert_int_equal(refresh(now_ns, failure), first);
    }
    key_source_expire(world.source, now_ns);
    assert_int_equal(key_source_read(world.source).keys, 0);
    assert_int_equal(refresh(now_ns + 60 * S, failure), 0);
    assert_int_not_equal(refresh_good(now_ns + 120 * S, world.sets[0]), 0);
    assert_false(key_source_read(world.source).is_failing);
}

static void test_a_new_configuration_has_the_keys(void **state)
{
    uint64_t first = refresh_good(START, world.sets[0]);
    struct key_source *again = hold("https://a.example/keys", JWT_BIT(JWT_ES256));
    struct key_source *other = hold("https://b.example/keys", JWT_BIT(JWT_ES256));
    struct key_source *more = hold("https://a.example/keys", JWT_ALL_PUBLIC);

    assert_int_not_equal(first, 0);
    assert_ptr_equal(again, world.source);
    assert_ptr_not_equal(other, world.source);
    assert_ptr_not_equal(more, world.source);
    key_source_release(again);
    key_source_release(other);
    key_source_release(more);
}

static int set_up(void **state)
{
    world.pool = pool_new();
    world.registry = registry_new();
    world.source = hold("https://a.example/keys", JWT_BIT(JWT_ES256));
    for (size_t i = 0; i < COUNT(world.sets); i++) {
        EVP_PKEY *key = EVP_EC_gen("P-256");
        world.sets[i] = pool_print(world.pool, "{\"keys\":[%s]}", jwk_of(world.pool, key, ""));
        EVP_PKEY_free(key);
    }
    return 0;
}

static int tear_down(void **state)
{
    published_unsee(&world.view);
    key_source_release(world.source);
    registry_free(world.registry);
    pool_free(world.pool);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_only_other_keys_are_published),
        TEST(test_a_bad_answer_keeps_the_keys),
        TEST(test_an_hour_and_a_day_without_the_url),
        TEST(test_a_new_configuration_has_the_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
