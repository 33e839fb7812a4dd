/* What a 304 and a request that changes data do to an entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_validators.h"
#include "bff/json/value.h"
#include "tests/unit/cache_message.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct cache_entry *entry_of(struct pool *pool, const char *line)
{
    struct cache_message message = cache_message_read(pool, text_of(line), 1000000);
    struct exchange_head head = cache_message_head(&message);
    struct value *body = value_add(value_new(4), "body", 4);

    return cache_entry_new(&(struct cache_entry_parts){.status = head.status,
                                                       .fields = head.fields,
                                                       .field_count = head.field_count,
                                                       .body = body,
                                                       .path = TEXT("/path")});
}

/* Writes ${entry} as such a line. */
static struct text line_of(struct pool *pool, const struct cache_entry *entry)
{
    struct text_builder out;

    text_builder_init(&out, pool, 128);
    text_builder_number(&out, entry->status);
    for (size_t i = 0; i < entry->field_count; i++) {
        text_builder_add(&out, TEXT(" | "));
        text_builder_add(&out, entry->fields[i].name);
        text_builder_add(&out, TEXT(": "));
        text_builder_add(&out, entry->fields[i].value);
    }
    return text_builder_text(&out);
}

/* want: the entry after the response; NULL: it is about another response */
static const struct {
    const char *why, *stored, *response, *want;
} updates[] = {
    {"3.2: new values replace old ones", "200 | etag: \"a\" | x: 1", "304 | etag: \"a\" | x: 2",
     "200 | etag: \"a\" | x: 2"},
    {"3.2: new fields are added", "200 | etag: \"a\"", "304 | x: 2", "200 | etag: \"a\" | x: 2"},
    {"3.2: other fields stay", "200 | etag: \"a\" | x: 1", "304 | y: 2",
     "200 | etag: \"a\" | x: 1 | y: 2"},
    {"3.2: all fields of a name are replaced", "200 | x: 1 | x: 2 | etag: \"a\"",
     "304 | X: 3 | x: 4", "200 | etag: \"a\" | x: 3 | x: 4"},
    {"3.2: not Content-Length", "200 | content-length: 4", "304 | content-length: 0",
     "200 | content-length: 4"},
    {"3.2: not Content-Encoding", "200 | content-encoding: gzip", "304 | content-encoding: br",
     "200 | content-encoding: gzip"},
    {"3.2: not Content-Encoding, if there was none", "200", "304 | content-encoding: br", "200"},
    {"3.2: not Content-Range", "200", "304 | content-range: bytes 0-1/2", "200"},
    {"3.2: but Content-Type", "200 | content-type: text/plain", "304 | content-type: text/html",
     "200 | content-type: text/html"},
    {"3.1: not Set-Cookie", "200", "304 | set-cookie: a=b", "200"},
    {"3.1: not what Connection lists", "200 | x: 1", "304 | connection: x, close | x: 2",
     "200 | x: 1"},
    {"3.1: not hop-by-hop fields", "200", "304 | keep-alive: 3 | transfer-encoding: chunked",
     "200"},
    {"3.1: not Proxy-Authenticate", "200", "304 | proxy-authenticate: basic", "200"},
    {"4.2.3: the age begins anew", "200 | age: 50 | date: x | y: 1", "304", "200 | y: 1"},
    {"4.2.3: with the age of the 304", "200 | age: 50", "304 | age: 3", "200 | age: 3"},
    {"4.3.4: freshness of the 304", "200 | cache-control: max-age=1",
     "304 | cache-control: max-age=2", "200 | cache-control: max-age=2"},
    {"4.3.4: another strong tag", "200 | etag: \"a\"", "304 | etag: \"b\"", NULL},
    {"4.3.4: a strong tag for a weak one", "200 | etag: W/\"a\"", "304 | etag: \"a\"", NULL},
    {"4.3.4: a weak tag for a strong one", "200 | etag: \"a\"", "304 | etag: W/\"a\"",
     "200 | etag: W/\"a\""},
    {"4.3.4: the same weak tag", "200 | etag: W/\"a\"", "304 | etag: W/\"a\"",
     "200 | etag: W/\"a\""},
    {"4.3.4: another weak tag", "200 | etag: W/\"a\"", "304 | etag: W/\"b\"", NULL},
    {"4.3.4: a tag where there was none", "200", "304 | etag: \"a\"", NULL},
    {"4.3.4: the same Last-Modified", "200 | last-modified: x", "304 | last-modified: x",
     "200 | last-modified: x"},
    {"4.3.4: another Last-Modified", "200 | last-modified: x", "304 | last-modified: y", NULL},
    {"4.3.4: the tag decides", "200 | etag: \"a\" | last-modified: x",
     "304 | etag: \"a\" | last-modified: y", "200 | etag: \"a\" | last-modified: y"},
    {"4.3.4: no validators", "200 | etag: \"a\" | last-modified: x", "304",
     "200 | etag: \"a\" | last-modified: x"},
};

static void test_update(void **state)
{
    for (size_t i = 0; i < COUNT(updates); i++) {
        struct pool *pool = pool_new();
        struct cache_entry *entry = entry_of(pool, updates[i].stored), *updated;
        struct cache_message message = cache_message_read(pool, text_of(updates[i].response), 0);
        struct exchange_head head = cache_message_head(&message);

        updated = cache_policy_update(entry, &head);
        if ((updated == NULL) != (updates[i].want == NULL) ||
            (updated != NULL && !text_is(line_of(pool, updated), updates[i].want)))
            fail_msg("%s: %.*s", updates[i].why,
                     TEXT_ARGS(updated == NULL ? TEXT("another") : line_of(pool, updated)));
        if (updated != NULL) {
            assert_ptr_equal(updated->body, entry->body);
            assert_true(text_is(updated->path, "/path"));
        }
        cache_entry_release(updated);
        cache_entry_release(entry);
        pool_free(pool);
    }
}

/* A 304 that forbids to store the response, after it was stored. */
static void test_a_304_that_forbids_to_store(void **state)
{
    static const char *const values[] = {"no-store", "private", "max-age=0"};
    struct cache_rule rule = {.is_on = true, .ttl_ms = 1000};

    for (size_t i = 0; i < COUNT(values); i++) {
        struct pool *pool = pool_new();
        struct cache_message asked = cache_message_read(pool, TEXT("GET"), 0);
        struct cache_request request = cache_message_request(&asked);
        struct cache_entry *entry = entry_of(pool, "200 | cache-control: max-age=1"), *updated;
        struct exchange_field field = {TEXT("cache-control"), text_of(values[i])};
        struct exchange_head head = {.status = 304, .fields = &field, .field_count = 1};

        assert_true(cache_policy_may_keep(&rule, &request, entry));
        updated = cache_policy_update(entry, &head);
        assert_false(cache_policy_may_keep(&rule, &request, updated));
        cache_policy_set_times(&rule, updated, CLOCK_S, CLOCK_S, 0);
        assert_int_equal(cache_policy_state(&request, updated, CLOCK_S), CACHE_VALIDATE);
        cache_entry_release(updated);
        cache_entry_release(entry);
        pool_free(pool);
    }
}

static void test_which_requests_invalidate(void **state)
{
    static const struct {
        const char *method;
        int status;
        bool want;
    } cases[] = {
        {"POST", 200, true},  {"POST", 201, true},       {"POST", 303, true},
        {"POST", 400, false}, {"POST", 500, false},      {"PUT", 204, true},
        {"PATCH", 200, true}, {"DELETE", 200, true},     {"DELETE", 404, false},
        {"GET", 200, false},  {"HEAD", 200, false},      {"OPTIONS", 200, false},
        {"POST", 101, false}, {"FROBNICATE", 200, true},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (cache_policy_invalidates(text_of(cases[i].method), cases[i].status) != cases[i].want)
            fail_msg("%s %d", cases[i].method, cases[i].status);
}

static void test_other_paths(void **state)
{
    static const struct {
        const char *location, *want;
    } cases[] = {
        {"/users/7", "/users/7"},
        {"/users/7?a=b#c", "/users/7?a=b"},
        {"https://shop.example/users/7", "/users/7"},
        {"HTTPS://SHOP.example:443/users/7", "/users/7"},
        {"//shop.example/users/7", "/users/7"},
        {"https://shop.example", "/"},
        {"https://shop.example?a", "/?a"},
        {"7", "/orders/7"},
        {"7?a", "/orders/7?a"},
        {"?a", "/orders/new?a"},
        {"a/b:c", "/orders/a/b:c"},
        {"", NULL},
        {"#a", NULL},
        {"http://shop.example/users/7", NULL},
        {"https://shop.example:444/users/7", NULL},
        {"https://shop.example.evil/users/7", NULL},
        {"https://evil/shop.example/", NULL},
        {"//evil/users/7", NULL},
        {"mailto:a@b", NULL},
        {"../users/7", NULL},
        {"/a/./b", NULL},
    };
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text got = cache_policy_other_path(
            pool, text_of(cases[i].location), TEXT("https://shop.example"), TEXT("/orders/new"));
        if ((got.at == NULL) != (cases[i].want == NULL) || !text_equal(got, text_of(cases[i].want)))
            fail_msg("%s is %.*s", cases[i].location, TEXT_ARGS(got));
    }
    pool_free(pool);
}

static void test_the_conditions_of_a_validation(void **state)
{
    static const struct {
        const char *stored, *want;
    } cases[] = {
        {"200 | etag: W/\"a\" | last-modified: x",
         "if-none-match: W/\"a\"\r\nif-modified-since: x\r\n"},
        {"200 | etag: \"a\"", "if-none-match: \"a\"\r\n"},
        {"200 | last-modified: x", "if-modified-since: x\r\n"},
        {"200", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pool *pool = pool_new();
        struct cache_entry *entry = entry_of(pool, cases[i].stored);
        struct text_builder out = {0};

        cache_validators_ask(&out, entry);
        assert_true(text_is(text_builder_text(&out), cases[i].want));
        assert_int_equal(cache_validators_exist(entry), out.len > 0);
        text_builder_free(&out);
        cache_entry_release(entry);
        pool_free(pool);
    }
    assert_true(cache_validators_is_condition(TEXT("If-None-Match")));
    assert_true(cache_validators_is_condition(TEXT("if-modified-since")));
    assert_false(cache_validators_is_condition(TEXT("if-match")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_a_304_that_forbids_to_store),
        cmocka_unit_test(test_which_requests_invalidate),
        cmocka_unit_test(test_other_paths),
        cmocka_unit_test(test_the_conditions_of_a_validation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
