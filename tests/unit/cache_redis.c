/* Tests of the second level of the cache: what is stored, and what is a miss. */
#include "tests/unit/cache_redis_stage.h"

/* Storing and asking. */

static void test_a_response_is_stored_for_all_processes_until_it_is_too_old(void **state)
{
    set("GET /a", sample("/a", NULL, 10 * 1000));
    struct cache_entry *entry = got("GET /a");
    int64_t now_ns = clock_now_ns();

    assert_non_null(entry);
    assert_true(text_is(entry->body->text, "hello"));
    assert_true(now_ns - entry->asked_ns >= 10 * CLOCK_S);
    assert_true(now_ns - entry->asked_ns < 40 * CLOCK_S);
    assert_true(entry->fresh_ns - entry->asked_ns == 60 * CLOCK_S);
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

/* Values that are not valid. */

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
        TEST(test_without_redis_nothing_is_asked),
        TEST(test_redis_that_freezes_is_a_miss_within_the_deadline),
        TEST(test_who_cancels_hears_nothing),
        TEST(test_values_on_their_way_are_freed_with_the_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
