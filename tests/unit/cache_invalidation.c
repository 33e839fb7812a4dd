/* Tests of invalidation by path, prefix and tag, also for responses that are on their way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/cache/cache_stamps.h"

#include "tests/unit/cache_stage.h"

/* What is stored in each row's test: a response for a path, with fields that have its tags. */
struct sample {
    const char *path, *cache_tag, *surrogate_key;
};

static const struct {
    const char *why;
    void (*invalidate)(struct cache *cache, struct text text);
    const char *text;
    struct sample sample;
    bool is_hit; /* the entry is invalid */
} cases[] = {
    {"the path", cache_invalidate_path, "/api/a", {"/api/a", NULL, NULL}, true},
    {"another path", cache_invalidate_path, "/api/b", {"/api/a", NULL, NULL}, false},
    {"the beginning of the path", cache_invalidate_path, "/api/", {"/api/a", NULL, NULL}, false},
    {"the prefix", cache_invalidate_prefix, "/api/", {"/api/a", NULL, NULL}, true},
    {"the whole path as the prefix",
     cache_invalidate_prefix,
     "/api/a",
     {"/api/a", NULL, NULL},
     true},
    {"an empty prefix", cache_invalidate_prefix, "", {"/api/a", NULL, NULL}, true},
    {"another prefix", cache_invalidate_prefix, "/apx/", {"/api/a", NULL, NULL}, false},
    {"a longer prefix", cache_invalidate_prefix, "/api/ab", {"/api/a", NULL, NULL}, false},
    {"the only tag", cache_invalidate_tag, "shoes", {"/a", "shoes", NULL}, true},
    {"one of Cache-Tag", cache_invalidate_tag, "hats", {"/a", "shoes,hats", NULL}, true},
    {"with a blank", cache_invalidate_tag, "hats", {"/a", "shoes, hats ,x", NULL}, true},
    {"one of Surrogate-Key", cache_invalidate_tag, "b", {"/a", NULL, "a b c"}, true},
    {"the last one of two fields", cache_invalidate_tag, "c", {"/a", "x", "a b c"}, true},
    {"a part of a tag", cache_invalidate_tag, "shoe", {"/a", "shoes", NULL}, false},
    {"other letters", cache_invalidate_tag, "Shoes", {"/a", "shoes", NULL}, false},
    {"the path is no tag", cache_invalidate_tag, "/a", {"/a", "shoes", NULL}, false},
    {"a tag is no path", cache_invalidate_path, "shoes", {"/a", "shoes", NULL}, false},
    {"another spelling", cache_invalidate_path, "/api/a@b", {"/api/a%40b", NULL, NULL}, true},
    {"digits of an escape",
     cache_invalidate_path,
     "/api/%C3%2F",
     {"/api/%c3%2f", NULL, NULL},
     true},
    {"a slash and its escape",
     cache_invalidate_path,
     "/api/a/b",
     {"/api/a%2Fb", NULL, NULL},
     false},
    {"a prefix with another spelling",
     cache_invalidate_prefix,
     "/api/a:",
     {"/api/a%3Ab", NULL, NULL},
     true},
    {"no tag", cache_invalidate_tag, "", {"/a", ",, ", NULL}, false},
};

static struct cache_entry *make_sample(const struct sample *sample)
{
    struct exchange_field fields[2];
    size_t count = 0;

    if (sample->cache_tag != NULL)
        fields[count++] = (struct exchange_field){TEXT("Cache-Tag"), text_of(sample->cache_tag)};
    if (sample->surrogate_key != NULL)
        fields[count++] =
            (struct exchange_field){TEXT("surrogate-key"), text_of(sample->surrogate_key)};
    struct value *body = value_add(value_new(1), "x", 1);
    struct cache_entry *entry = cache_entry_new(
        &(struct cache_entry_parts){200, fields, count, body, text_of(sample->path)});
    entry->asked_ns = clock_now_ns();
    entry->fresh_ns = INT64_MAX;
    return entry;
}

/* Invalidates before the store (the response was on its way), after it, and before the request. */
static void test_what_an_invalidation_covers(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin_stage(state);
        struct cache_entry *late = make_sample(&cases[i].sample);
        store_entry(0, "stored", make_sample(&cases[i].sample));
        assert_int_equal(stored(1, "stored"), 'x');
        cases[i].invalidate(stage.cache, text_of(cases[i].text));
        store_entry(0, "late", late);
        char after = stored(1, "stored"), on_its_way = stored(1, "late");
        store_entry(0, "asked later", make_sample(&cases[i].sample));
        char later = stored(1, "asked later");
        end_stage(state);
        char want = cases[i].is_hit ? '-' : 'x';
        if (after != want || on_its_way != want || later != 'x')
            fail_msg("%s: %c %c %c", cases[i].why, after, on_its_way, later);
    }
}

static void test_everything_may_be_invalidated(void **state)
{
    store(0, "/a", 'x');
    store(0, "/b", 'y');
    cache_invalidate_all(stage.cache);
    assert_int_equal(stored(0, "/a"), '-');
    assert_int_equal(stored(1, "/b"), '-');
    store(0, "/a", 'z');
    assert_int_equal(stored(1, "/a"), 'z');
}

static void test_an_invalid_entry_is_freed_when_it_is_found(void **state)
{
    store(0, "/a", 'x');
    cache_invalidate_path(stage.cache, TEXT("/a"));
    assert_int_equal(cache_read(stage.cache).entries, 1);
    assert_int_equal(stored(0, "/a"), '-');
    assert_int_equal(cache_read(stage.cache).entries, 0);
    assert_int_equal(cache_read(stage.cache).slots, 0);
}

/* More prefixes than the table has rows: the oldest ones still hold, and more is invalid than they
 * say. */
static void test_many_prefixes_never_invalidate_too_little(void **state)
{
    char path[32];

    for (unsigned i = 0; i < 3 * CACHE_STAMPS_PREFIXES; i++) {
        snprintf(path, sizeof(path), "/p%u/", i);
        store(0, path, 'x');
    }
    for (unsigned i = 0; i < 3 * CACHE_STAMPS_PREFIXES; i++) {
        snprintf(path, sizeof(path), "/p%u/", i);
        struct cache_slot *slot = find(0, path);
        struct cache_entry *entry = cache_slot_entry(slot);
        cache_invalidate_prefix(stage.cache, text_of(path));
        assert_int_equal(stored(0, path), '-');
        assert_true(cache_slot_lead(slot));
        if (entry != NULL)
            cache_slot_end(slot, entry); /* it is older than its prefix */
        else
            cache_slot_end(slot, NULL);
        cache_entry_release(entry);
        cache_slot_release(slot);
        assert_int_equal(stored(0, path), '-');
    }
}

/* The same prefix again and again takes one row, so that nothing else becomes invalid. */
static void test_one_prefix_takes_one_row(void **state)
{
    store(0, "/other", 'x');
    for (unsigned i = 0; i < 3 * CACHE_STAMPS_PREFIXES; i++) {
        store(0, "/p/a", 'x');
        cache_invalidate_prefix(stage.cache, TEXT("/p/"));
        assert_int_equal(stored(0, "/p/a"), '-');
    }
    assert_int_equal(stored(0, "/other"), 'x');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_stage, end_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_an_invalidation_covers),
        TEST(test_everything_may_be_invalidated),
        TEST(test_an_invalid_entry_is_freed_when_it_is_found),
        TEST(test_many_prefixes_never_invalidate_too_little),
        TEST(test_one_prefix_takes_one_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
