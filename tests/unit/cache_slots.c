/* Tests of what is stored, replaced, removed and evicted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/cache_stage.h"

#define EACH ((size_t)1000) /* bytes of the bodies in the tests of eviction */

static size_t entries(void) { return cache_read(stage.cache).entries; }

static void test_an_entry_is_found_by_all_workers_and_only_under_its_key(void **state)
{
    assert_int_equal(stored(0, "/a"), '-');
    store(0, "/a", 'x');
    assert_int_equal(stored(0, "/a"), 'x');
    assert_int_equal(stored(1, "/a"), 'x');
    assert_int_equal(stored(1, "/b"), '-');
    assert_int_equal(stored(1, ""), '-');
    assert_int_equal(entries(), 1);
}

static void test_a_new_entry_replaces_the_old_one_which_stays_for_its_users(void **state)
{
    store(0, "/a", 'x');
    struct cache_slot *slot = find(1, "/a");
    struct cache_entry *before = cache_slot_entry(slot);
    size_t bytes = cache_read(stage.cache).bytes;

    store(0, "/a", 'y');
    assert_int_equal(stored(1, "/a"), 'y');
    assert_int_equal(before->body->text.at[0], 'x');
    assert_int_equal(cache_read(stage.cache).bytes, bytes);
    assert_int_equal(entries(), 1);
    cache_entry_release(before);
    cache_slot_release(slot);
}

static void test_an_entry_may_be_dropped(void **state)
{
    store(0, "/a", 'x');
    struct cache_slot *slot = find(1, "/a");

    cache_slot_drop(slot);
    cache_slot_drop(slot);
    assert_null(cache_slot_entry(slot));
    cache_slot_release(slot);
    assert_int_equal(cache_read(stage.cache).bytes, 0);
    assert_int_equal(entries(), 0);
}

/* Without a limit there is nothing to count, but the flights are the same. */
static void test_with_a_limit_of_zero_nothing_is_stored(void **state)
{
    store(0, "/a", 'x');
    cache_set_limit(stage.cache, 0);
    assert_int_equal(entries(), 0);
    assert_int_equal(cache_read(stage.cache).bytes, 0);
    store(0, "/b", 'x');
    assert_int_equal(stored(0, "/b"), '-');
}

static void test_what_is_larger_than_the_limit_is_not_stored_and_removes_nothing(void **state)
{
    store(0, "/a", 'x');
    store_entry(0, "/big", make_entry("/big", 'y', MIB));
    assert_int_equal(stored(0, "/big"), '-');
    assert_int_equal(stored(0, "/a"), 'x');
    assert_int_equal(cache_read(stage.cache).evicted, 0);
}

/* Bytes of an entry of the tests below, with its slot. */
static size_t bytes_of_one(void)
{
    store_entry(0, "0", make_entry("0", 'x', EACH));
    size_t bytes = cache_read(stage.cache).bytes;
    cache_set_limit(stage.cache, 0);
    return bytes;
}

static void use(char key)
{
    char name[] = {key, '\0'};

    if (stored(0, name) == '-')
        store_entry(0, name, make_entry(name, 'x', EACH));
}

/*
 * A table for SIEVE. Keys are asked for one after the other, and a key that is not stored is stored
 * then. There is room for four. A key that was asked for again stays when the hand reaches it. The
 * hand goes on from where it stopped.
 */
static const struct {
    const char *why, *asked, *left;
} orders[] = {
    {"there is room for four", "abcd", "abcd"},
    {"the oldest one goes", "abcde", "bcde"},
    {"the next oldest one goes", "abcdef", "cdef"},
    {"a hit keeps the oldest one", "abcdae", "acde"},
    {"it was kept once, and the hand is behind it", "abcdaef", "adef"},
    {"a hit does not move an entry: b goes, not c", "abcdaae", "acde"},
    {"all were asked for: the hand begins again at the oldest", "abcdabcde", "bcde"},
    {"the hand has passed a, so d goes before it", "abcdaefg", "aefg"},
    {"the hand meets e and f before it comes to a again", "abcdaefghi", "aghi"},
    {"a key that was evicted comes back as the newest", "abcdaefgah", "afgh"},
    {"two hits count as one", "abcddef", "cdef"},
};

static void test_sieve_chooses_what_goes(void **state)
{
    begin_stage(state);
    size_t bytes = bytes_of_one();
    end_stage(state);
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        char left[16] = "";
        begin_stage(state);
        cache_set_limit(stage.cache, bytes * 4 + bytes / 2);
        for (const char *at = orders[i].asked; *at != '\0'; at++)
            use(*at);
        for (char key = 'a'; key <= 'z'; key++)
            if (stored(0, (char[]){key, '\0'}) != '-')
                left[strlen(left)] = key;
        if (strcmp(left, orders[i].left) != 0)
            fail_msg("%s: %s left %s, not %s", orders[i].why, orders[i].asked, left,
                     orders[i].left);
        end_stage(state);
    }
}

static void test_an_entry_that_is_too_old_for_all_uses_goes_though_it_was_visited(void **state)
{
    size_t bytes = bytes_of_one();
    struct cache_entry *old = make_entry("a", 'x', EACH);

    cache_set_limit(stage.cache, bytes * 2 + bytes / 2);
    store_entry(0, "b", make_entry("b", 'x', EACH));
    old->fresh_ns = clock_now_ns() - 1;
    store_entry(0, "a", old);
    use('a');
    use('b');
    use('c');
    assert_int_equal(stored(0, "a"), '-');
    assert_int_equal(stored(0, "b"), 'x');
}

/* An entry that is being used when it is evicted is freed by its last user. */
static void test_eviction_takes_nothing_from_those_who_use_it(void **state)
{
    cache_set_limit(stage.cache, 10 * 1000);
    store_entry(0, "/kept", make_entry("/kept", 'k', EACH));
    struct cache_slot *slot = find(0, "/kept");
    struct cache_entry *entry = cache_slot_entry(slot);

    for (char key = 'a'; key <= 'z'; key++)
        for (int twice = 0; twice < 2; twice++)
            use(key);
    assert_null(cache_slot_entry(slot));
    assert_int_equal(entry->body->text.at[EACH - 1], 'k');
    cache_entry_release(entry);
    assert_true(cache_slot_lead(slot));
    struct cache_entry *next = make_entry("/kept", 'n', EACH);
    cache_slot_end(slot, next);
    cache_entry_release(next);
    cache_slot_release(slot);
    assert_int_equal(stored(1, "/kept"), 'n');
}

/* Keys that were asked for and never stored, or were dropped, leave no slots behind. */
static void test_a_flood_of_keys_leaves_no_memory(void **state)
{
    char key[32];

    for (unsigned i = 0; i < 100000; i++) {
        snprintf(key, sizeof(key), "/flood/%u", i);
        struct cache_slot *slot = find(i % WORKERS, key);
        assert_true(cache_slot_lead(slot));
        cache_slot_end(slot, NULL);
        cache_slot_release(slot);
    }
    assert_int_equal(cache_read(stage.cache).slots, 0);
}

static void test_the_limit_holds_and_all_slots_belong_to_entries(void **state)
{
    char key[32];

    for (unsigned i = 0; i < 20000; i++) {
        snprintf(key, sizeof(key), "/many/%u", i % 5000);
        if (stored(i % WORKERS, key) == '-')
            store_entry(i % WORKERS, key, make_entry(key, 'x', i * 7 % 2000));
        struct cache_report report = cache_read(stage.cache);
        assert_true(report.bytes <= MIB);
        assert_true(report.bytes > MIB / 2 || i < 2000);
    }
    assert_int_equal(cache_read(stage.cache).slots, entries());
    assert_true(cache_read(stage.cache).evicted > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_stage, end_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_entry_is_found_by_all_workers_and_only_under_its_key),
        TEST(test_a_new_entry_replaces_the_old_one_which_stays_for_its_users),
        TEST(test_an_entry_may_be_dropped),
        TEST(test_with_a_limit_of_zero_nothing_is_stored),
        TEST(test_what_is_larger_than_the_limit_is_not_stored_and_removes_nothing),
        cmocka_unit_test(test_sieve_chooses_what_goes),
        TEST(test_an_entry_that_is_too_old_for_all_uses_goes_though_it_was_visited),
        TEST(test_eviction_takes_nothing_from_those_who_use_it),
        TEST(test_a_flood_of_keys_leaves_no_memory),
        TEST(test_the_limit_holds_and_all_slots_belong_to_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
