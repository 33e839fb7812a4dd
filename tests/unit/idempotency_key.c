/* Tests of the request header Idempotency-Key, and of the keys that services get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/compose/idempotency_key.h"

static struct pool *pool;

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

static const struct {
    const char *value, *key; /* NULL: refused */
} fields[] = {
    {"\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324"},
    {"8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"},
    {" \"a b\" ", "a b"},
    {"\"a\\\"b\\\\c\"", "a\"b\\c"},
    {"\"a, b;c\"", "a, b;c"},
    {"'a'", "'a'"},
    {"", NULL},
    {"\"\"", NULL},
    {"\"", NULL},
    {"\"a", NULL},
    {"a\"", NULL},
    {"\"a\"b\"", NULL},
    {"\"a\\\"", NULL},
    {"\"a\\b\"", NULL},
    {"\"a\";b=1", NULL},
    {"\"a\", \"b\"", NULL},
    {"a, b", NULL},
    {"a b", NULL},
    {"a;b", NULL},
    {"a\\b", NULL},
    {"\"caf\xc3\xa9\"", NULL},
    {"caf\xc3\xa9", NULL},
    {"\"a\tb\"", NULL},
};

static void test_the_field(void **state)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        struct text key = idempotency_key_read(text_of(fields[i].value), pool);
        if ((key.at == NULL) != (fields[i].key == NULL) ||
            (key.at != NULL && !text_is(key, fields[i].key)))
            fail_msg("%s gives %.*s", fields[i].value, TEXT_ARGS(key));
    }
}

static void test_the_longest_key(void **state)
{
    char value[IDEMPOTENCY_KEY_MOST + 3];

    memset(value, 'x', sizeof(value));
    assert_int_equal(idempotency_key_read((struct text){value, IDEMPOTENCY_KEY_MOST}, pool).len,
                     IDEMPOTENCY_KEY_MOST);
    assert_null(idempotency_key_read((struct text){value, IDEMPOTENCY_KEY_MOST + 1}, pool).at);
    value[0] = value[IDEMPOTENCY_KEY_MOST + 1] = '"';
    assert_int_equal(idempotency_key_read((struct text){value, IDEMPOTENCY_KEY_MOST + 2}, pool).len,
                     IDEMPOTENCY_KEY_MOST);
}

/* Each row differs from all others. */
static const struct idempotency_key_scope scopes[] = {
    {{"web", 3}, {"POST /a", 7}, {"u1", 2}, {0}, {"k", 1}},
    {{"mob", 3}, {"POST /a", 7}, {"u1", 2}, {0}, {"k", 1}},
    {{"web", 3}, {"POST /b", 7}, {"u1", 2}, {0}, {"k", 1}},
    {{"web", 3}, {"POST /a", 7}, {"u2", 2}, {0}, {"k", 1}},
    {{"web", 3}, {"POST /a", 7}, {0}, {0}, {"k", 1}},
    {{"web", 3}, {"POST /a", 7}, {"", 0}, {0}, {"k", 1}},
    {{"web", 3}, {"POST /a", 7}, {0}, {"u1", 2}, {"k", 1}},
    {{"web", 3}, {"POST /a", 7}, {"u1", 2}, {0}, {"l", 1}},
    {{"web", 3}, {"POST /a", 7}, {"u1k", 3}, {0}, {"", 0}},
};

static void test_all_of_a_scope_counts(void **state)
{
    enum { COUNT = sizeof(scopes) / sizeof(*scopes) };
    unsigned char hashes[COUNT][SHA256_BYTES];

    for (size_t i = 0; i < COUNT; i++) {
        idempotency_key_hash(&scopes[i], hashes[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(hashes[i], hashes[j], SHA256_BYTES);
    }
}

static void test_all_of_a_request_counts(void **state)
{
    static const struct idempotency_key_request requests[] = {
        {{"POST", 4}, {"/a", 2}, {0}, {"{}", 2}, {0}, {0}, {0}},
        {{"PUT", 3}, {"/a", 2}, {0}, {"{}", 2}, {0}, {0}, {0}},
        {{"POST", 4}, {"/b", 2}, {0}, {"{}", 2}, {0}, {0}, {0}},
        {{"POST", 4}, {"/a", 2}, {"", 0}, {"{}", 2}, {0}, {0}, {0}},
        {{"POST", 4}, {"/a", 2}, {"b", 1}, {"{}", 2}, {0}, {0}, {0}},
        {{"POST", 4}, {"/a", 2}, {0}, {"{ }", 3}, {0}, {0}, {0}},
        {{"POST", 4}, {"/a", 2}, {0}, {"{}", 2}, {"b", 1}, {0}, {0}},
        {{"POST", 4}, {"/a", 2}, {0}, {"{}", 2}, {0}, {"b", 1}, {0}},
        {{"POST", 4}, {"/a", 2}, {0}, {"{}", 2}, {0}, {0}, {"b", 1}},
    };
    enum { COUNT = sizeof(requests) / sizeof(*requests) };
    unsigned char prints[COUNT][SHA256_BYTES];

    for (size_t i = 0; i < COUNT; i++) {
        idempotency_key_print(&requests[i], prints[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(prints[i], prints[j], SHA256_BYTES);
    }
}

static void test_keys_of_services(void **state)
{
    static const unsigned char hash[SHA256_BYTES] = "a hash", another[SHA256_BYTES] = "b";
    char first[IDEMPOTENCY_KEY_PART_BYTES], second[IDEMPOTENCY_KEY_PART_BYTES];
    struct text key = idempotency_key_for_part(hash, TEXT("order"), false, first);

    assert_int_equal(key.len, IDEMPOTENCY_KEY_PART_BYTES);
    assert_int_equal(idempotency_key_read(key, pool).len, key.len - 2);
    assert_true(text_equal(key, idempotency_key_for_part(hash, TEXT("order"), false, second)));
    assert_false(text_equal(key, idempotency_key_for_part(hash, TEXT("order"), true, second)));
    assert_false(text_equal(key, idempotency_key_for_part(hash, TEXT("note"), false, second)));
    assert_false(text_equal(key, idempotency_key_for_part(another, TEXT("order"), false, second)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_field),
        TEST(the_longest_key),
        TEST(all_of_a_scope_counts),
        TEST(all_of_a_request_counts),
        TEST(keys_of_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
