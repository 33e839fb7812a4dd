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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rules)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
