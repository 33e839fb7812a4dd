/* Tests of what an entry keeps of a response. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/cache/cache_entry.h"

#define FIELDS_MAX 6

/* The fields of a response, and what is found in them. NULL: absent. */
static const struct {
    const char *why;
    struct {
        const char *name, *value;
    } fields[FIELDS_MAX];
    size_t kept;
    const char *etag, *last_modified, *vary, *tags;
} cases[] = {
    {.why = "no fields"},
    {.why = "validators",
     .fields = {{"ETag", "\"a\""}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}},
     .kept = 2,
     .etag = "\"a\"",
     .last_modified = "Sun, 06 Nov 1994 08:49:37 GMT"},
    {.why = "several Vary are one list in lower case",
     .fields = {{"Vary", "Accept-Language"}, {"X", "y"}, {"vary", "X-Tenant, Accept"}},
     .kept = 3,
     .vary = "accept-language, x-tenant, accept"},
    {.why = "tags of both fields",
     .fields = {{"Surrogate-Key", "a b"}, {"ETag", "W/\"b\""}, {"Cache-Tag", "c,d"}},
     .kept = 3,
     .etag = "W/\"b\"",
     .tags = "a b c d"},
    {.why = "Set-Cookie is never stored",
     .fields = {{"Set-Cookie", "a=b"}, {"set-cookie", "c=d"}, {"X", ""}},
     .kept = 1},
};

static void expect(const char *why, struct text text, const char *want)
{
    if (want == NULL ? text.at != NULL : text.at == NULL || !text_is(text, want))
        fail_msg("%s: %.*s", why, TEXT_ARGS(text));
}

static void test_parts_of_the_fields_are_found(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exchange_field fields[FIELDS_MAX];
        size_t count = 0;
        for (; count < FIELDS_MAX && cases[i].fields[count].name != NULL; count++)
            fields[count] = (struct exchange_field){text_of(cases[i].fields[count].name),
                                                    text_of(cases[i].fields[count].value)};
        struct cache_entry *entry =
            cache_entry_new(&(struct cache_entry_parts){200, fields, count, NULL, TEXT("/a")});
        assert_int_equal(entry->field_count, cases[i].kept);
        expect(cases[i].why, entry->etag, cases[i].etag);
        expect(cases[i].why, entry->last_modified, cases[i].last_modified);
        expect(cases[i].why, entry->vary, cases[i].vary);
        expect(cases[i].why, entry->tags, cases[i].tags);
        expect(cases[i].why, entry->path, "/a");
        cache_entry_release(entry);
    }
}

static void test_everything_is_a_copy_with_names_in_lower_case(void **state)
{
    char name[] = "X-Name", value[] = "Value", path[] = "/Path";
    struct exchange_field fields[] = {{{NULL, 0}, {NULL, 0}}, {text_of(name), text_of(value)}};
    struct cache_entry *entry =
        cache_entry_new(&(struct cache_entry_parts){404, fields, 2, NULL, text_of(path)});

    memset(name, '-', sizeof(name) - 1);
    memset(value, '-', sizeof(value) - 1);
    memset(path, '-', sizeof(path) - 1);
    assert_int_equal(entry->status, 404);
    assert_int_equal(entry->field_count, 1);
    assert_true(text_is(entry->fields[0].name, "x-name"));
    assert_true(text_is(entry->fields[0].value, "Value"));
    assert_true(text_is(entry->path, "/Path"));
    cache_entry_release(entry);
}

/* The last reference to the entry drops that to the body. Others may have more. */
static void test_the_body_belongs_to_the_entry(void **state)
{
    struct value *body = value_add(value_new(5000), "body", 4);
    struct cache_entry *entry = cache_entry_new(
        &(struct cache_entry_parts){.status = 200, .body = value_hold(body), .path = TEXT("/a")});

    assert_ptr_equal(entry->body, body);
    assert_true(entry->bytes > 5000);
    assert_ptr_equal(cache_entry_hold(entry), entry);
    cache_entry_release(entry);
    assert_true(text_is(entry->body->text, "body"));
    cache_entry_release(entry);
    cache_entry_release(NULL);
    assert_true(text_is(body->text, "body"));
    value_release(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_of_the_fields_are_found),
        cmocka_unit_test(test_everything_is_a_copy_with_names_in_lower_case),
        cmocka_unit_test(test_the_body_belongs_to_the_entry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
