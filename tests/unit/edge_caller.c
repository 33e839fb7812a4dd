/* Tests of what services learn of a caller, and of what distinguishes callers in the caches: two
 * callers of whom services learn different things never have the same text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/edge/api_key.h"
#include "bff/edge/caller.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* NULL: absent. Parts of one text move to its neighbours, as an attacker would try it. */
static const struct row {
    const char *user, *roles, *scopes, *key, *fields, *certificate;
} rows[] = {
    {0},
    {.user = "u1"},
    {.user = "u2"},
    {.user = "U1"},
    {.user = "u1", .roles = "admin"},
    {.user = "u1", .roles = "admin,staff"},
    {.user = "u1", .scopes = "admin"},
    {.user = "u1", .roles = "admin", .scopes = "read"},
    {.user = "u1roles5:admin"},
    {.user = "u", .roles = "1roles5:admin"},
    {.user = "u1scopes5:admin"},
    {.user = "u1", .key = "u2"},
    {.user = "u2", .key = "u1"},
    {.key = "u1"},
    {.key = "u1user2:u1"},
    {.key = "u1", .fields = "x-tenant: a\r\n"},
    {.fields = "x-tenant: a\r\n"},
    {.fields = "x-tenant: b\r\n"},
    {.user = "u1", .fields = "x-tenant: a\r\n"},
    {.user = "u1", .fields = "x-tenant: ab\r\n"},
    {.user = "u1", .key = "u2", .fields = "x-tenant: a\r\n"},
    {.user = "u1", .roles = "admin", .scopes = "read", .key = "u2", .fields = "x-tenant: a\r\n"},
    {.certificate = "c1"},
    {.certificate = "c2"},
    {.user = "u1", .certificate = "c1"},
    {.key = "u1certificate2:c1"},
    {.key = "u1", .certificate = "c1"},
};

static struct text text_or_absent(const char *string)
{
    return string == NULL ? (struct text){0} : text_of(string);
}

static void fill(const struct row *row, struct api_key *key, struct caller *caller)
{
    *key = (struct api_key){.name = text_or_absent(row->key)};
    *caller = (struct caller){.has_user = row->user != NULL,
                              .key = row->key == NULL ? NULL : key,
                              .fields = text_or_absent(row->fields),
                              .subject_header = TEXT("x-client-subject"),
                              .certificate = {.subject = text_or_absent(row->certificate),
                                              .fingerprint = text_or_absent(row->certificate)}};
    caller->user = (struct login_user){.id = text_or_absent(row->user),
                                       .roles = text_or_absent(row->roles),
                                       .scopes = text_or_absent(row->scopes)};
}

static struct text distinct_of(size_t at, struct pool *pool)
{
    struct api_key key;
    struct caller caller;

    fill(&rows[at], &key, &caller);
    return caller_distinct(&caller, pool);
}

static struct text lines_of(size_t at, struct pool *pool)
{
    static const struct bff_service service = {.name = "users"};
    struct text_builder out;
    struct api_key key;
    struct caller caller;

    fill(&rows[at], &key, &caller);
    text_builder_init(&out, pool, 64);
    caller_put(&caller, &service, &out);
    return text_builder_text(&out);
}

static void test_no_two_callers_are_the_same(void **state)
{
    struct pool *pool = pool_new();

    for (size_t a = 0; a < COUNT(rows); a++)
        for (size_t b = 0; b < COUNT(rows); b++)
            if (text_equal(distinct_of(a, pool), distinct_of(b, pool)) != (a == b))
                fail_msg("rows %zu and %zu", a, b);
    assert_null(distinct_of(0, pool).at);
    pool_free(pool);
}

/* Scopes are only in the token of identity.h. */
static void test_other_lines_are_other_callers(void **state)
{
    struct pool *pool = pool_new();

    for (size_t a = 0; a < COUNT(rows); a++)
        for (size_t b = 0; b < a; b++)
            if (!text_equal(lines_of(a, pool), lines_of(b, pool)))
                assert_false(text_equal(distinct_of(a, pool), distinct_of(b, pool)));
    assert_int_equal(lines_of(0, pool).len, 0);
    assert_true(
        text_is(lines_of(20, pool), "x-user-id: u1\r\nx-api-key-name: u2\r\nx-tenant: a\r\n"));
    assert_true(
        text_is(lines_of(22, pool), "x-client-subject: c1\r\nx-client-fingerprint: c1\r\n"));
    pool_free(pool);
}

/* A token of the same user is renewed, and the session is another one. */
static void test_tokens_do_not_count(void **state)
{
    struct pool *pool = pool_new();
    struct api_key key;
    struct caller before, after;

    fill(&rows[7], &key, &before);
    after = before;
    after.is_session = true;
    after.session = TEXT("s2");
    after.authorization = TEXT("Bearer new");
    assert_true(text_equal(caller_distinct(&before, pool), caller_distinct(&after, pool)));
    pool_free(pool);
}

/* Members without a user are of nobody, whatever is left in them. */
static void test_a_user_counts_only_when_there_is_one(void **state)
{
    struct pool *pool = pool_new();
    struct caller caller = {.user = {.id = TEXT("u1"), .roles = TEXT("admin")}};
    struct text_builder out;

    text_builder_init(&out, pool, 64);
    caller_put(&caller, &(struct bff_service){.name = "users"}, &out);
    assert_int_equal(out.len, 0);
    assert_null(caller_distinct(&caller, pool).at);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_two_callers_are_the_same),
        cmocka_unit_test(test_other_lines_are_other_callers),
        cmocka_unit_test(test_tokens_do_not_count),
        cmocka_unit_test(test_a_user_counts_only_when_there_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
