/* Tests of entries as bytes: what is written can be read, and nothing else can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_value.h"

#define SECOND INT64_C(1000000000)

static unsigned char digest[CACHE_VALUE_DIGEST];

static struct cache_value_form form(int64_t asked_ns)
{
    cache_value_digest(TEXT("the key"), digest);
    return (struct cache_value_form){.digest = digest, .body_most = 100, .asked_ns = asked_ns};
}

static struct cache_entry *sample(const char *body)
{
    struct exchange_field fields[] = {
        {TEXT("Content-Type"), TEXT("text/plain")},
        {TEXT("Vary"), TEXT("Accept")},
        {TEXT("ETag"), TEXT("\"1\"")},
        {TEXT("Cache-Tag"), TEXT("a,b")},
        {TEXT("X-Empty"), TEXT("")},
    };
    struct text text = text_of(body);
    struct cache_entry *entry = cache_entry_new(&(struct cache_entry_parts){
        203, fields, 5, text.len == 0 ? NULL : value_add(value_new(1), text.at, text.len),
        TEXT("/api/a")});

    entry->asked_ns = 100 * SECOND;
    entry->born_ns = 90 * SECOND;
    entry->fresh_ns = 160 * SECOND;
    entry->stale_ns = 0;
    entry->failed_ns = INT64_MAX;
    entry->must_revalidate = true;
    return entry;
}

static struct text write_sample(const char *body)
{
    struct cache_entry *entry = sample(body);

    form(0);
    struct text bytes = cache_value_write(digest, entry);
    cache_entry_release(entry);
    return bytes;
}

static bool can_read(struct text bytes, const struct cache_value_form *expected)
{
    struct cache_entry *entry = cache_value_read(expected, bytes);

    cache_entry_release(entry);
    return entry != NULL;
}

static void test_an_entry_comes_back_with_its_times_after_the_request(void **state)
{
    struct cache_value_form here = form(5000 * SECOND);
    struct text bytes = write_sample("hello");
    struct cache_entry *want = sample("hello"), *entry = cache_value_read(&here, bytes);

    assert_non_null(entry);
    assert_int_equal(entry->status, 203);
    assert_int_equal(entry->field_count, want->field_count);
    for (size_t i = 0; i < want->field_count; i++) {
        assert_true(text_equal(entry->fields[i].name, want->fields[i].name));
        assert_true(text_equal(entry->fields[i].value, want->fields[i].value));
    }
    assert_true(text_is(entry->body->text, "hello"));
    assert_true(text_is(entry->path, "/api/a"));
    assert_true(text_is(entry->tags, "a b"));
    assert_true(text_is(entry->etag, "\"1\""));
    assert_true(text_is(entry->vary, "accept"));
    assert_true(entry->must_revalidate);
    assert_int_equal(entry->asked_ns, 5000 * SECOND);
    assert_int_equal(entry->born_ns, 4990 * SECOND);
    assert_int_equal(entry->fresh_ns, 5060 * SECOND);
    assert_true(entry->stale_ns < entry->asked_ns);
    assert_true(entry->failed_ns == INT64_MAX);
    cache_entry_release(entry);
    cache_entry_release(want);
    cache_value_free(bytes);
}

static void test_an_empty_body_comes_back(void **state)
{
    struct cache_value_form here = form(0);
    struct text bytes = write_sample("");
    struct cache_entry *entry = cache_value_read(&here, bytes);

    assert_non_null(entry);
    assert_null(entry->body);
    cache_entry_release(entry);
    cache_value_free(bytes);
}

static void test_no_part_of_a_value_is_a_value(void **state)
{
    struct cache_value_form here = form(0);
    struct text bytes = write_sample("hello");
    char *longer = memory_new(bytes.len + 1);

    for (size_t len = 0; len < bytes.len; len++)
        assert_false(can_read((struct text){bytes.at, len}, &here));
    memcpy(longer, bytes.at, bytes.len);
    assert_false(can_read((struct text){longer, bytes.len + 1}, &here));
    assert_true(can_read((struct text){longer, bytes.len}, &here));
    memory_free(longer);
    cache_value_free(bytes);
}

static void test_a_changed_bit_is_found(void **state)
{
    struct cache_value_form here = form(0);
    struct text bytes = write_sample("hello");
    char *changed = memory_new(bytes.len);

    memcpy(changed, bytes.at, bytes.len);
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        changed[bit / 8] = (char)(changed[bit / 8] ^ 1 << bit % 8);
        assert_false(can_read((struct text){changed, bytes.len}, &here));
        changed[bit / 8] = (char)(changed[bit / 8] ^ 1 << bit % 8);
    }
    memory_free(changed);
    cache_value_free(bytes);
}

static const int64_t wrong_times[] = {INT64_MIN, INT64_MIN + 1, INT64_MIN / 2 - 200 * SECOND,
                                      INT64_MAX / 2 + 200 * SECOND, INT64_MAX - 1};

static void test_times_that_no_response_has_make_no_value(void **state)
{
    struct cache_value_form here = form(0);

    for (size_t i = 0; i < sizeof(wrong_times) / sizeof(wrong_times[0]); i++) {
        struct cache_entry *entry = sample("hello");
        entry->asked_ns = 0;
        entry->born_ns = wrong_times[i];
        struct text bytes = cache_value_write(digest, entry);
        assert_false(can_read(bytes, &here));
        cache_value_free(bytes);
        cache_entry_release(entry);
    }
}

static void test_the_value_of_another_key_is_none(void **state)
{
    struct text bytes = write_sample("hello");
    struct cache_value_form here = form(0);

    cache_value_digest(TEXT("another key"), digest);
    assert_false(can_read(bytes, &here));
    cache_value_free(bytes);
}

static void test_a_longer_body_than_expected_is_none(void **state)
{
    struct text bytes = write_sample("hello");
    struct cache_value_form here = form(0);

    here.body_most = 5;
    assert_true(can_read(bytes, &here));
    here.body_most = 4;
    assert_false(can_read(bytes, &here));
    cache_value_free(bytes);
}

static const struct {
    const char *body;
    unsigned depth_most;
    bool is_good;
} bodies[] = {
    {"{\"a\":[1,2]}", 0, true}, {"{\"a\":[1,2]}", 2, true}, {"{\"a\":[1,2]}", 1, false},
    {"{\"a\":[1,2]", 2, false}, {"{\"a\":[1,2]", 0, true},  {" 12 ", 1, true},
};

static void test_a_body_must_be_json_when_that_is_expected(void **state)
{
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct text bytes = write_sample(bodies[i].body);
        struct cache_value_form here = form(0);
        here.depth_most = bodies[i].depth_most;
        here.keep_slices = true;
        struct cache_entry *entry = cache_value_read(&here, bytes);
        if ((entry != NULL) != bodies[i].is_good)
            fail_msg("%s, %u", bodies[i].body, bodies[i].depth_most);
        if (entry != NULL)
            assert_int_equal(entry->body->has_slices, bodies[i].depth_most > 0);
        cache_entry_release(entry);
        cache_value_free(bytes);
    }
}

static void test_what_is_too_large_is_not_written(void **state)
{
    struct value *body = value_new(CACHE_VALUE_MOST);
    size_t room;

    memset(value_room(body, &room), 'x', CACHE_VALUE_MOST);
    body = value_add(body, value_room(body, &room), CACHE_VALUE_MOST - 200);
    struct cache_entry *entry =
        cache_entry_new(&(struct cache_entry_parts){.status = 200, .body = value_hold(body)});
    struct cache_value_form here = form(0);
    struct text bytes = cache_value_write(digest, entry);
    here.body_most = CACHE_VALUE_MOST;
    assert_true(can_read(bytes, &here));
    cache_value_free(bytes);
    cache_entry_release(entry);

    memset((char *)(uintptr_t)body->text.at, 'x', CACHE_VALUE_MOST);
    body = value_add(body, value_room(body, &room), 200);
    entry = cache_entry_new(&(struct cache_entry_parts){.status = 200, .body = body});
    assert_null(cache_value_write(digest, entry).at);
    cache_entry_release(entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_entry_comes_back_with_its_times_after_the_request),
        cmocka_unit_test(test_an_empty_body_comes_back),
        cmocka_unit_test(test_no_part_of_a_value_is_a_value),
        cmocka_unit_test(test_a_changed_bit_is_found),
        cmocka_unit_test(test_times_that_no_response_has_make_no_value),
        cmocka_unit_test(test_the_value_of_another_key_is_none),
        cmocka_unit_test(test_a_longer_body_than_expected_is_none),
        cmocka_unit_test(test_a_body_must_be_json_when_that_is_expected),
        cmocka_unit_test(test_what_is_too_large_is_not_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
