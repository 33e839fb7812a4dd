/* Tests of access rules: which users pass which rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/edge/access.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *why;
    enum access_kind kind;
    const char *whom, *id, *role; /* no id: nobody is signed in */
    enum access_verdict want;
} rules[] = {
    {"anyone", ACCESS_PUBLIC, NULL, NULL, "", ACCESS_ALLOW},
    {"a user where anyone may", ACCESS_PUBLIC, NULL, "7", "", ACCESS_ALLOW},
    {"nobody where a user may", ACCESS_SIGNED_IN, NULL, NULL, "", ACCESS_NEEDS_LOGIN},
    {"a user", ACCESS_SIGNED_IN, NULL, "7", "", ACCESS_ALLOW},
    {"nobody for a role", ACCESS_ROLE, "staff", NULL, "", ACCESS_NEEDS_LOGIN},
    {"the role", ACCESS_ROLE, "staff", "7", "staff", ACCESS_ALLOW},
    {"another role", ACCESS_ROLE, "staff", "7", "user", ACCESS_FORBIDDEN},
    {"no role", ACCESS_ROLE, "staff", "7", "", ACCESS_FORBIDDEN},
    {"the role in another case", ACCESS_ROLE, "staff", "7", "Staff", ACCESS_FORBIDDEN},
    {"one role with a space", ACCESS_ROLE, "staff", "7", "staff user", ACCESS_FORBIDDEN},
    {"the first of two", ACCESS_ROLE, "staff", "7", "staff,user", ACCESS_ALLOW},
    {"the last of three", ACCESS_ROLE, "staff", "7", "a,user,staff", ACCESS_ALLOW},
    {"a part of one of two", ACCESS_ROLE, "staff", "7", "staffs,user", ACCESS_FORBIDDEN},
    {"two roles as one", ACCESS_ROLE, "staff,user", "7", "staff,user", ACCESS_FORBIDDEN},
    {"admin has not every role", ACCESS_ROLE, "staff", "7", "admin", ACCESS_FORBIDDEN},
    {"a rule without a role", ACCESS_ROLE, "", "7", "", ACCESS_FORBIDDEN},
    {"nobody for an owner", ACCESS_OWNER, "7", NULL, "", ACCESS_NEEDS_LOGIN},
    {"the owner", ACCESS_OWNER, "7", "7", "", ACCESS_ALLOW},
    {"somebody else", ACCESS_OWNER, "7", "8", "user", ACCESS_FORBIDDEN},
    {"an equal number", ACCESS_OWNER, "7", "07", "user", ACCESS_FORBIDDEN},
    {"a longer id", ACCESS_OWNER, "7", "70", "user", ACCESS_FORBIDDEN},
    {"admin", ACCESS_OWNER, "7", "8", "admin", ACCESS_ALLOW},
    {"admin among others", ACCESS_OWNER, "7", "8", "user,admin", ACCESS_ALLOW},
    {"a longer role than admin", ACCESS_OWNER, "7", "8", "user,admins", ACCESS_FORBIDDEN},
    {"admin in another case", ACCESS_OWNER, "7", "8", "ADMIN", ACCESS_FORBIDDEN},
    {"an owner that is not known", ACCESS_OWNER, NULL, "7", "user", ACCESS_FORBIDDEN},
    {"an empty owner", ACCESS_OWNER, "", "7", "user", ACCESS_FORBIDDEN},
    {"a rule that nobody set", ACCESS_NOBODY, NULL, "7", "admin", ACCESS_FORBIDDEN},
    {"nobody there", ACCESS_NOBODY, NULL, NULL, "", ACCESS_NEEDS_LOGIN},
};

static void test_rules(void **state)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        struct access_rule rule = {
            .kind = rules[i].kind, .whom = text_of(rules[i].whom), .admin_role = TEXT("admin")};
        struct caller caller = {
            .user = {.id = text_of(rules[i].id), .roles = text_of(rules[i].role)},
            .has_user = rules[i].id != NULL,
        };
        if (access_decide(rule, &caller) != rules[i].want)
            fail_msg("%s", rules[i].why);
    }
}

static const struct {
    const char *why, *rule, *scopes; /* of the user; NULL: nobody is signed in */
    enum access_verdict want;
} scopes[] = {
    {"the scope", "read", "read", ACCESS_ALLOW},
    {"the scope among others", "orders:read", "a orders:read b", ACCESS_ALLOW},
    {"nobody", "read", NULL, ACCESS_NEEDS_LOGIN},
    {"no scope", "read", "", ACCESS_FORBIDDEN},
    {"a longer scope", "read", "reads ready", ACCESS_FORBIDDEN},
    {"a part of it", "orders:read", "orders", ACCESS_FORBIDDEN},
    {"another case", "read", "READ", ACCESS_FORBIDDEN},
    {"one of two", "read|write", "write", ACCESS_ALLOW},
    {"none of two", "read|write", "list", ACCESS_FORBIDDEN},
    {"both", "read+write", "write x read", ACCESS_ALLOW},
    {"one where both are needed", "read+write", "read", ACCESS_FORBIDDEN},
    {"the other one where both are needed", "read+write", "write", ACCESS_FORBIDDEN},
};

static void test_scopes(void **state)
{
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(scopes); i++) {
        struct access_rule rule;
        struct caller caller = {.user = {.id = TEXT("7"), .scopes = text_of(scopes[i].scopes)},
                                .has_user = scopes[i].scopes != NULL};
        assert_null(access_scopes_read(text_of(scopes[i].rule), pool, &rule));
        if (access_decide(rule, &caller) != scopes[i].want)
            fail_msg("%s", scopes[i].why);
    }
    pool_free(pool);
}

static void test_scopes_that_are_not_read(void **state)
{
    static const char *const texts[] = {"",      "|",    "a|",   "+a",       "a||b", "a b",
                                        "a|b+c", "a\\b", "a\"b", "\xc3\xa4", "a\tb"};
    struct pool *pool = pool_new();
    struct access_rule rule = {.kind = ACCESS_NOBODY};

    for (size_t i = 0; i < COUNT(texts); i++)
        if (access_scopes_read(text_of(texts[i]), pool, &rule) == NULL)
            fail_msg("\"%s\" was read", texts[i]);
    assert_int_equal(rule.kind, ACCESS_NOBODY);
    pool_free(pool);
}

static void test_a_key(void **state)
{
    const struct access_rule rule = {.kind = ACCESS_KEY};
    const struct caller nobody = {0}, user = {.user = {.id = TEXT("7")}, .has_user = true};
    const struct caller key = {.key = (const struct api_key *)state};

    assert_int_equal(access_decide(rule, &nobody), ACCESS_NEEDS_KEY);
    assert_int_equal(access_decide(rule, &user), ACCESS_NEEDS_KEY);
    assert_int_equal(access_decide(rule, &key), ACCESS_ALLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_scopes_that_are_not_read),
        cmocka_unit_test(test_a_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
