/* Tests of the values of idempotency keys: what is written can be read, and nothing else can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/base/memory.h"
#include "bff/store/key_answer.h"

static const struct key_claim claim = {.name = "name", .print = "print", .owner = "owner"};
static const struct key_claim other = {.name = "name", .print = "other", .owner = "owner"};

static struct pool *pool;
static struct reply got;

static int begin(void **state)
{
    pool = pool_new();
    return 0;
}

static int end(void **state)
{
    pool_free(pool);
    return 0;
}

static struct reply_field fields[] = {
    {"content-type", {"application/json", 16}},
    {"etag", {0}},
    {"cache-control", {"", 0}},
};
static const struct text body[] = {{"{\"a\":", 5}, {"", 0}, {"1}", 2}};
static const struct reply sample = {
    .status = 201, .fields = fields, .field_count = 3, .body = body, .body_count = 3};

/* The value is in the pool. */
static struct text write_reply(const struct reply *reply)
{
    struct text value = key_answer_write(&claim, reply), copy = {0};

    if (value.at != NULL)
        copy = pool_text(pool, value);
    memory_free((char *)(uintptr_t)value.at);
    return copy;
}

static enum key_claim_end read_value(struct text value)
{
    return key_answer_read(&claim, value, pool, &got);
}

static void test_an_answer_is_read_as_it_was_written(void **state)
{
    assert_int_equal(read_value(write_reply(&sample)), KEY_CLAIM_ANSWERED);
    assert_int_equal(got.status, 201);
    assert_int_equal(got.field_count, 2); /* without the absent one */
    assert_string_equal(got.fields[0].name, "content-type");
    assert_true(text_is(got.fields[0].value, "application/json"));
    assert_string_equal(got.fields[1].name, "cache-control");
    assert_int_equal(got.fields[1].value.len, 0);
    assert_non_null(got.fields[1].value.at);
    assert_int_equal(got.body_count, 1);
    assert_true(text_is(got.body[0], "{\"a\":1}"));
}

static void test_an_answer_may_have_no_fields_and_no_body(void **state)
{
    assert_int_equal(read_value(write_reply(&(struct reply){.status = 204})), KEY_CLAIM_ANSWERED);
    assert_int_equal(got.status, 204);
    assert_int_equal(got.field_count, 0);
    assert_int_equal(got.body[0].len, 0);
}

static void test_the_other_states(void **state)
{
    char running[KEY_ANSWER_RUNNING_BYTES], lost[KEY_ANSWER_LOST_BYTES];

    assert_int_equal(read_value(key_answer_running(&claim, KEY_ANSWER_FIRST, running)),
                     KEY_CLAIM_RUNNING);
    assert_int_equal(read_value(key_answer_lost(&claim, lost)), KEY_CLAIM_LOST);
}

static void test_another_fingerprint_is_a_conflict(void **state)
{
    char running[KEY_ANSWER_RUNNING_BYTES], lost[KEY_ANSWER_LOST_BYTES];

    assert_int_equal(read_value(key_answer_running(&other, KEY_ANSWER_FIRST, running)),
                     KEY_CLAIM_CONFLICT);
    assert_int_equal(read_value(key_answer_lost(&other, lost)), KEY_CLAIM_CONFLICT);
    assert_int_equal(key_answer_read(&other, write_reply(&sample), pool, &got), KEY_CLAIM_CONFLICT);
}

static void test_owners_write_different_values(void **state)
{
    const struct key_claim late = {.name = "name", .print = "print", .owner = "later"};
    char first[KEY_ANSWER_RUNNING_BYTES], second[KEY_ANSWER_RUNNING_BYTES];

    assert_false(text_equal(key_answer_running(&claim, KEY_ANSWER_FIRST, first),
                            key_answer_running(&late, KEY_ANSWER_FIRST, second)));
}

static void test_each_way_of_running_is_told(void **state)
{
    static const enum key_answer_run runs[] = {KEY_ANSWER_FIRST, KEY_ANSWER_AGAIN,
                                               KEY_ANSWER_UNDOING};
    const struct key_claim late = {.name = "name", .print = "print", .owner = "later"};
    char bytes[KEY_ANSWER_RUNNING_BYTES], lost[KEY_ANSWER_LOST_BYTES];
    enum key_answer_run run;

    for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
        struct text value = key_answer_running(&claim, runs[i], bytes);
        assert_int_equal(read_value(value), KEY_CLAIM_RUNNING);
        assert_true(key_answer_run_of(value, &run) && run == runs[i]);
        assert_true(key_answer_is_of(&claim, value));
        assert_false(key_answer_is_of(&late, value));
        assert_true(key_answer_is_like(&late, value));
        assert_false(key_answer_is_like(&other, value));
    }
    assert_false(key_answer_run_of(key_answer_lost(&claim, lost), &run));
    assert_false(key_answer_run_of(TEXT(""), &run));
}

static void test_what_is_too_large_is_not_written(void **state)
{
    char *large = memory_new(KEY_ANSWER_MOST);
    struct text long_body = {large, KEY_ANSWER_MOST};

    assert_null(
        write_reply(&(struct reply){.status = 200, .body = &long_body, .body_count = 1}).at);
    long_body.len -= 100;
    assert_int_equal(read_value(write_reply(
                         &(struct reply){.status = 200, .body = &long_body, .body_count = 1})),
                     KEY_CLAIM_ANSWERED);
    memory_free(large);
}

static void test_a_value_that_is_cut_or_changed_is_none(void **state)
{
    struct text value = write_reply(&sample);
    char *changed = (char *)(uintptr_t)pool_text(pool, value).at;

    for (size_t len = 0; len < value.len; len++)
        assert_int_equal(read_value((struct text){value.at, len}), KEY_CLAIM_UNAVAILABLE);
    for (size_t i = 0; i < value.len; i++) {
        changed[i] ^= 1;
        assert_int_equal(read_value((struct text){changed, value.len}), KEY_CLAIM_UNAVAILABLE);
        changed[i] ^= 1;
    }
}

/* Who can write to Redis can also write the checksum. */
static void test_fields_that_frame_an_answer_are_refused(void **state)
{
    static const char *const names[] = {
        "content-length", "transfer-encoding", "connection", "x y", "X-Large", ""};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct reply_field field = {names[i], TEXT("1")};
        assert_int_equal(read_value(write_reply(
                             &(struct reply){.status = 200, .fields = &field, .field_count = 1})),
                         KEY_CLAIM_UNAVAILABLE);
    }
    struct reply_field lines = {"etag", TEXT("1\r\nset-cookie: a=b")};
    assert_int_equal(
        read_value(write_reply(&(struct reply){.status = 200, .fields = &lines, .field_count = 1})),
        KEY_CLAIM_UNAVAILABLE);
}

static void test_a_status_that_is_none_is_refused(void **state)
{
    static const int statuses[] = {0, 100, 199, 600, 65535};

    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
        assert_int_equal(read_value(write_reply(&(struct reply){.status = statuses[i]})),
                         KEY_CLAIM_UNAVAILABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_is_read_as_it_was_written),
        TEST(an_answer_may_have_no_fields_and_no_body),
        TEST(the_other_states),
        TEST(another_fingerprint_is_a_conflict),
        TEST(owners_write_different_values),
        TEST(each_way_of_running_is_told),
        TEST(what_is_too_large_is_not_written),
        TEST(a_value_that_is_cut_or_changed_is_none),
        TEST(fields_that_frame_an_answer_are_refused),
        TEST(a_status_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
