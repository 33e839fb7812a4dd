/* Tests of purges of what is stored in Redis. */
#include "bff/cache/cache_redis_script.h"
#include "bff/store/redis_subscribe.h"

#include "tests/unit/cache_redis_stage.h"

static const struct {
    enum cache_purge_kind kind;
    const char *what, *path, *tags;
    bool is_purged;
} purges[] = {
    {CACHE_PURGE_PATH, "/api/a", "/api/a", NULL, true},
    {CACHE_PURGE_PATH, "/api/b", "/api/a", NULL, false},
    {CACHE_PURGE_PATH, "/api/", "/api/a", NULL, false},
    {CACHE_PURGE_PREFIX, "/api/", "/api/a", NULL, true},
    {CACHE_PURGE_PREFIX, "/api/a", "/api/a", "x", true},
    {CACHE_PURGE_PREFIX, "/api/ab", "/api/a", NULL, false},
    {CACHE_PURGE_PREFIX, "/apx", "/api/a", NULL, false},
    {CACHE_PURGE_TAG, "hats", "/a", "shoes,hats", true},
    {CACHE_PURGE_TAG, "hat", "/a", "shoes,hats", false},
    {CACHE_PURGE_TAG, "shoes", "/a", NULL, false},
    {CACHE_PURGE_ALL, NULL, "/a", NULL, true},
};

/* A purge holds for values that are stored, and for values that are stored later but were asked for
 * before. It does not hold for values that are asked for later. */
static void test_what_a_purge_covers(void **state)
{
    for (size_t i = 0; i < sizeof(purges) / sizeof(purges[0]); i++) {
        const char *path = purges[i].path, *tags = purges[i].tags;
        stage_ask(redis, "FLUSHALL");
        set("stored", sample(path, tags, 5));
        struct cache_entry *late = sample(path, tags, 5);
        assert_true(has("stored"));
        purge(purges[i].kind, purges[i].what);
        set("late", late);
        set("later", sample(path, tags, 0));
        bool is_stored = has("stored"), is_late = has("late");
        if (is_stored == purges[i].is_purged || is_late == purges[i].is_purged || !has("later"))
            fail_msg("%s of %s: %d %d", purges[i].what, path, is_stored, is_late);
    }
}

static void test_a_purged_value_is_removed(void **state)
{
    set_path("/a");
    purge(CACHE_PURGE_ALL, NULL);
    assert_false(has("/a"));
    assert_string_equal(stage_ask(redis, "DBSIZE"), "1"); /* cache:purged */
}

static void test_purged_prefixes_that_are_too_many_become_a_purge_of_everything(void **state)
{
    char prefix[32];

    set_path("/a");
    for (unsigned i = 0; i < CACHE_REDIS_SCRIPT_PREFIXES; i++) {
        snprintf(prefix, sizeof(prefix), "/p%u/", i);
        purge(CACHE_PURGE_PREFIX, prefix);
        purge(CACHE_PURGE_PREFIX, "/p0/");
    }
    assert_true(has("/a"));
    set("/p1/x", sample("/p1/x", NULL, 60 * 1000 - 500)); /* asked before all of them */
    assert_false(has("/p1/x"));
    purge(CACHE_PURGE_PREFIX, "/one more/");
    assert_false(has("/a"));
    set_path("/a");
    assert_true(has("/a"));
}

/* Each of them once, and one in the middle of them again. */
static void test_purged_paths_that_are_too_many_become_a_purge_of_everything_older(void **state)
{
    struct cache_redis_purge runs[100];
    char paths[100][32];

    set("/old", sample("/old", NULL, 5));
    for (unsigned i = 0; i < CACHE_REDIS_SCRIPT_STAMPS; i++) {
        struct cache_purge purge = {CACHE_PURGE_PATH, {paths[i % 100], 0}};
        purge.what.len = (size_t)snprintf(paths[i % 100], sizeof(paths[0]), "/p%u", i);
        runs[i % 100] = (struct cache_redis_purge){.done = count_told};
        assert_true(cache_redis_purge_run(redis, &runs[i % 100], &purge, TEXT("c"), TEXT("m")));
        if (i % 100 == 99)
            assert_string_equal(stage_ask(redis, "PING"), "PONG");
        if (i == CACHE_REDIS_SCRIPT_STAMPS * 3 / 4) {
            stage_wait(3);
            set("/newer", sample("/newer", NULL, 0));
            stage_wait(3);
        }
    }
    assert_false(has("/old"));
    assert_true(has("/newer"));
    long kept = strtol(stage_ask(redis, "HLEN cache:purged"), NULL, 10);
    assert_true(kept > CACHE_REDIS_SCRIPT_STAMPS / 4 && kept < CACHE_REDIS_SCRIPT_STAMPS * 3 / 4);
    set("/p4999", sample("/p4999", NULL, 60 * 1000 - 500));
    assert_false(has("/p4999"));
}

/* Redis was full, or somebody has removed it. */
static void test_when_what_was_purged_is_lost_all_values_from_before_are_misses(void **state)
{
    set_path("/a");
    purge(CACHE_PURGE_PATH, "/b");
    set_path("/c");
    assert_true(has("/a") && has("/c"));
    assert_string_equal(stage_ask(redis, "DEL cache:purged"), "1");
    assert_false(has("/a"));
    set_path("/d");
    assert_false(has("/c"));
    assert_true(has("/d"));
}

static void on_message(void *cookie, struct text payload)
{
    char *heard = cookie;

    assert_string_equal(stage_ask(redis, "HEXISTS cache:purged all"), "1");
    memcpy(heard, payload.at, payload.len);
}

static void on_missed(void *cookie) {}

/* A process that hears of a purge does not get a purged value from Redis. */
static void test_a_purge_is_published_when_it_holds(void **state)
{
    static const struct redis_subscriber subscriber = {.message = on_message, .missed = on_missed};
    char heard[16] = "";
    struct redis_subscribe *subscribe =
        redis_subscribe_new(&stage.on, &stage.settings, TEXT("channel"), &subscriber, heard);

    stage_until(strcmp(stage_ask(redis, "EVAL return#redis.call('PUBSUB','CHANNELS') 0"), "1") ==
                0);
    purge(CACHE_PURGE_ALL, NULL);
    stage_until(heard[0] != '\0');
    assert_string_equal(heard, "message");
    redis_subscribe_free(subscribe);
}

static void test_an_invalidation_of_this_process_holds_for_values_from_redis(void **state)
{
    set_path("/a");
    set_path("/b");
    cache_invalidate_path(cache, TEXT("/a"));
    assert_false(has("/a"));
    assert_true(has("/b"));
}

/* The rights that docs/redis.md names, with other keys than those of the cache. */
static void test_few_rights_are_enough(void **state)
{
    assert_string_equal(
        stage_ask(redis, "ACL SETUSER default resetkeys ~cache:* nocommands +@connection +@read "
                         "+@write +@pubsub +eval +evalsha +time -@dangerous"),
        "OK");
    set_path("/a");
    assert_true(has("/a"));
    purge(CACHE_PURGE_PREFIX, "/b");
    purge(CACHE_PURGE_PATH, "/a");
    assert_false(has("/a"));
    purge(CACHE_PURGE_ALL, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_a_purge_covers),
        TEST(test_a_purged_value_is_removed),
        TEST(test_purged_prefixes_that_are_too_many_become_a_purge_of_everything),
        TEST(test_purged_paths_that_are_too_many_become_a_purge_of_everything_older),
        TEST(test_when_what_was_purged_is_lost_all_values_from_before_are_misses),
        TEST(test_a_purge_is_published_when_it_holds),
        TEST(test_an_invalidation_of_this_process_holds_for_values_from_redis),
        TEST(test_few_rights_are_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
