/* Tests of the second level of the cache with a real redis-server. */
#include "bff/cache/cache_redis.h"
#include "bff/cache/cache_redis_script.h"
#include "bff/store/redis_subscribe.h"

#include "tests/unit/redis_process.h"

#define SECOND_NS (1000 * CLOCK_MS)

static struct redis_process server;
static struct redis *redis;
static struct cache *cache;

/* A question and what came of it. */
struct question {
    struct cache_redis_get get;
    struct cache_entry *entry;
    unsigned ends;
};

static void on_done(struct cache_redis_get *get, struct cache_entry *entry)
{
    struct question *question = H2O_STRUCT_FROM_MEMBER(struct question, get, get);

    question->entry = entry;
    question->ends++;
}

static struct cache_redis_ask ask_for(const char *key)
{
    return (struct cache_redis_ask){.key = text_of(key), .body_most = 1000};
}

static bool ask(struct question *question, const char *key)
{
    struct cache_redis_ask what = ask_for(key);

    *question = (struct question){.get = {.done = on_done}};
    bool is_sent = cache_redis_get(redis, cache, &question->get, &what);
    assert_int_equal(question->ends, 0); /* never from inside */
    return is_sent;
}

/* Returns what is in Redis for ${key}; NULL: a miss. */
static struct cache_entry *got(const char *key)
{
    struct question question;

    assert_true(ask(&question, key));
    stage_until(question.ends > 0);
    assert_int_equal(question.ends, 1);
    return question.entry;
}

static bool has(const char *key)
{
    struct cache_entry *entry = got(key);

    cache_entry_release(entry);
    return entry != NULL;
}

/* An entry that was asked for ${ago_ms} ago, and is fresh for a minute. */
static struct cache_entry *sample(const char *path, const char *tags, int64_t ago_ms)
{
    struct exchange_field fields[] = {{TEXT("Cache-Tag"), text_of(tags)}};
    struct cache_entry *entry = cache_entry_new(&(struct cache_entry_parts){
        200, fields, tags == NULL ? 0 : 1, value_add(value_new(5), "hello", 5), text_of(path)});

    entry->asked_ns = clock_now_ns() - ago_ms * CLOCK_MS;
    entry->born_ns = entry->asked_ns;
    entry->fresh_ns = entry->asked_ns + 60 * SECOND_NS;
    return entry;
}

/* Stores it, and waits until it is there. */
static void set(const char *key, struct cache_entry *entry)
{
    struct cache_redis_ask what = ask_for(key);

    cache_redis_set(redis, cache, &what, entry);
    cache_entry_release(entry);
    assert_string_equal(stage_ask(redis, "PING"), "PONG");
}

static void set_path(const char *path) { set(path, sample(path, NULL, 5)); }

static void count_told(struct cache_redis_purge *purge, bool is_told) { assert_true(is_told); }

/* The clock of Redis has milliseconds, and what was asked in that of a purge is purged. */
static void purge(enum cache_purge_kind kind, const char *what)
{
    struct cache_redis_purge run = {.done = count_told};
    struct cache_purge purge = {kind, text_of(what)};

    assert_true(cache_redis_purge_run(redis, &run, &purge, TEXT("channel"), TEXT("message")));
    assert_string_equal(stage_ask(redis, "PING"), "PONG");
    stage_wait(3);
}

/* The only value that there is, with its name. */
static const char *name(void)
{
    static char copy[256];

    return strcpy(copy, stage_ask(redis, "EVAL return(redis.call('KEYS','cache:[0-9a-f]*')[1]) 0"));
}

static const char *command(const char *format, const char *with)
{
    char words[256];

    snprintf(words, sizeof(words), format, with);
    return stage_ask(redis, words);
}

/* Storing and asking. */

static void test_a_response_is_stored_for_all_processes_until_it_is_too_old(void **state)
{
    set("GET /a", sample("/a", NULL, 10 * 1000));
    struct cache_entry *entry = got("GET /a");
    int64_t now_ns = clock_now_ns();

    assert_non_null(entry);
    assert_true(text_is(entry->body->text, "hello"));
    assert_true(now_ns - entry->asked_ns >= 10 * SECOND_NS);
    assert_true(now_ns - entry->asked_ns < 40 * SECOND_NS);
    assert_true(entry->fresh_ns - entry->asked_ns == 60 * SECOND_NS);
    cache_entry_release(entry);
    assert_false(has("GET /b"));
    int64_t left_ms = strtoll(command("PTTL %s", name()), NULL, 10);
    assert_true(left_ms > 20 * 1000 && left_ms <= 50 * 1000);
}

static void test_what_cannot_be_used_any_more_is_not_stored(void **state)
{
    set("old", sample("/a", NULL, 61 * 1000));
    assert_string_equal(stage_ask(redis, "DBSIZE"), "0");
}

static void test_a_body_longer_than_the_rule_says_is_neither_stored_nor_read(void **state)
{
    struct cache_redis_ask what = ask_for("key");
    struct cache_entry *entry = sample("/a", NULL, 0);
    struct question question = {.get = {.done = on_done}};

    what.body_most = 4;
    cache_redis_set(redis, cache, &what, entry);
    assert_string_equal(stage_ask(redis, "DBSIZE"), "0");
    set("key", entry);
    assert_true(has("key"));
    assert_true(cache_redis_get(redis, cache, &question.get, &what));
    stage_until(question.ends > 0);
    assert_null(question.entry);
}

/* Keys have secrets, so Redis has only their digests. */
static void test_no_part_of_a_key_is_in_redis(void **state)
{
    set("authorization6:secret", sample("/a", NULL, 0));
    assert_string_equal(
        command("EVAL return(string.find(redis.call('GET','%s'),'secret')) 0", name()), "nil");
    assert_string_equal(stage_ask(redis, "EVAL return#redis.call('KEYS','*secret*') 0"), "0");
    assert_true(strncmp(name(), "cache:", 6) == 0 && strlen(name()) == CACHE_REDIS_NAME);
}

static void test_scripts_come_back_after_they_were_forgotten(void **state)
{
    set_path("/a");
    assert_string_equal(stage_ask(redis, "SCRIPT FLUSH"), "OK");
    assert_true(has("/a"));
    assert_string_equal(stage_ask(redis, "SCRIPT FLUSH"), "OK");
    set_path("/b");
    stage_until(has("/b"));
}

/* Values that are none. */

static const char *const damages[] = {
    "SET %s foreign",
    "SET %s 1234567890123456789012345678901234567890",
    "SETRANGE %s 0 9",
    "SETRANGE %s 15 x",
    "SETRANGE %s 17 zz",
    "SETRANGE %s 33 zz",
    "SETRANGE %s 40 bff2",
    "SETRANGE %s 45 9",
    "SETRANGE %s 51 x",
    "SETRANGE %s 100 x",
    "APPEND %s x",
    "EVAL return(redis.call('DEL','%1$s')+redis.call('RPUSH','%1$s','a')) 0",
    "EVAL return(redis.call('SET','%1$s',redis.call('GETRANGE','%1$s',0,99))) 0",
    "EVAL return(redis.call('SETRANGE','%s',3000000,'x')) 0",
};

static void test_what_is_damaged_or_foreign_is_a_miss_and_can_be_replaced(void **state)
{
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        stage_ask(redis, "FLUSHALL");
        set_path("/a");
        assert_true(has("/a"));
        assert_true(strncmp(command(damages[i], name()), "error", 5) != 0);
        if (has("/a"))
            fail_msg("%s", damages[i]);
        set_path("/a");
        assert_true(has("/a"));
    }
    assert_true(redis_is_up(redis));
}

static void test_the_value_of_another_key_is_a_miss(void **state)
{
    set_path("/a");
    char copy[600], from[256];
    strcpy(from, name());
    set_path("/b");
    stage_ask(redis, "FLUSHALL");
    set_path("/b");
    snprintf(copy, sizeof(copy), "RENAME %s %s", name(), from);
    assert_string_equal(stage_ask(redis, copy), "OK");
    assert_false(has("/a"));
}

/* Purges. */

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

/* For what is stored, for what is stored later but was asked for before, and not for what is asked
 * for later. */
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

/* Who hears of it asks for nothing that was purged. */
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

/* The rights that docs/redis.md names, but for other keys. */
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

/* Without Redis. */

static void test_without_redis_nothing_is_asked(void **state)
{
    struct question question = {.get = {.done = on_done}};
    struct cache_redis_ask what = ask_for("/a");
    struct cache_entry *entry = sample("/a", NULL, 0);
    struct cache_redis_purge run = {.done = count_told};
    struct cache_purge all = {.kind = CACHE_PURGE_ALL};

    assert_false(cache_redis_get(NULL, cache, &question.get, &what));
    cache_redis_set(NULL, cache, &what, entry);
    assert_false(cache_redis_purge_run(NULL, &run, &all, TEXT("channel"), TEXT("")));
    cache_redis_cancel(&question.get);
    cache_redis_purge_cancel(&run);
    cache_entry_release(entry);
}

static void test_redis_that_freezes_is_a_miss_within_the_deadline(void **state)
{
    struct question question, then;

    set_path("/a");
    kill(server.pid, SIGSTOP);
    assert_true(ask(&question, "/a"));
    stage_until(question.ends > 0);
    assert_null(question.entry);
    assert_false(ask(&then, "/a"));
    kill(server.pid, SIGCONT);
    stage_until(redis_is_up(redis));
    assert_true(has("/a"));
}

static void test_who_cancels_hears_nothing(void **state)
{
    struct question question;

    set_path("/a");
    assert_true(ask(&question, "/a"));
    cache_redis_cancel(&question.get);
    cache_redis_cancel(&question.get);
    assert_true(has("/a"));
    assert_int_equal(question.ends, 0);
}

static void test_values_on_their_way_are_freed_with_the_connection(void **state)
{
    struct cache_redis_ask what = ask_for("/a");
    struct cache_entry *entry = sample("/a", NULL, 0);

    kill(server.pid, SIGSTOP);
    cache_redis_set(redis, cache, &what, entry);
    cache_entry_release(entry);
    redis_free(redis);
    kill(server.pid, SIGCONT);
    redis = stage_redis_up();
}

static int begin(void **state)
{
    stage_begin(state);
    redis_process_begin(&server, "");
    stage.settings.timeout_ms = 1000; /* a test may run on a busy machine */
    redis = stage_redis_up();
    cache = cache_hold(stage.registry);
    return 0;
}

static int end(void **state)
{
    registry_release(cache);
    redis_free(redis);
    redis_process_end(&server);
    return stage_end(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_response_is_stored_for_all_processes_until_it_is_too_old),
        TEST(test_what_cannot_be_used_any_more_is_not_stored),
        TEST(test_a_body_longer_than_the_rule_says_is_neither_stored_nor_read),
        TEST(test_no_part_of_a_key_is_in_redis),
        TEST(test_scripts_come_back_after_they_were_forgotten),
        TEST(test_what_is_damaged_or_foreign_is_a_miss_and_can_be_replaced),
        TEST(test_the_value_of_another_key_is_a_miss),
        TEST(test_what_a_purge_covers),
        TEST(test_a_purged_value_is_removed),
        TEST(test_purged_prefixes_that_are_too_many_become_a_purge_of_everything),
        TEST(test_purged_paths_that_are_too_many_become_a_purge_of_everything_older),
        TEST(test_when_what_was_purged_is_lost_all_values_from_before_are_misses),
        TEST(test_a_purge_is_published_when_it_holds),
        TEST(test_an_invalidation_of_this_process_holds_for_values_from_redis),
        TEST(test_few_rights_are_enough),
        TEST(test_without_redis_nothing_is_asked),
        TEST(test_redis_that_freezes_is_a_miss_within_the_deadline),
        TEST(test_who_cancels_hears_nothing),
        TEST(test_values_on_their_way_are_freed_with_the_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
