/* Tests of the access rule that a composite gives to the step "access". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/compose/page.h"

static void test_rules(void **state)
{
    static const struct text params[] = {{"first", 5}, {"u1", 2}};
    static const struct {
        const char *why;
        struct bff_composite composite;
        int owner_param;
        enum access_kind kind;
        const char *whom; /* NULL: nobody in particular */
    } cases[] = {
        {"nothing said", {.access = BFF_ACCESS_MISSING}, PLAN_NO_PART, ACCESS_NOBODY, NULL},
        {"public", {.access = BFF_PUBLIC}, PLAN_NO_PART, ACCESS_PUBLIC, NULL},
        {"signed in", {.access = BFF_SIGNED_IN}, PLAN_NO_PART, ACCESS_SIGNED_IN, NULL},
        {"a role", {.access = BFF_ROLE, .role = "staff"}, PLAN_NO_PART, ACCESS_ROLE, "staff"},
        {"an API key", {.access = BFF_KEY}, PLAN_NO_PART, ACCESS_KEY, NULL},
        {"the owner of the path", {.access = BFF_OWNER}, 1, ACCESS_OWNER, "u1"},
        {"an owner to be found later", {.access = BFF_OWNER}, PLAN_NO_PART, ACCESS_SIGNED_IN, NULL},
    };

    static const struct pages pages = {.admin_role = {"chief", 5}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan plan = {.composite = &cases[i].composite, .owner_param = cases[i].owner_param};
        struct access_rule rule = page_access(&pages, &plan, params);
        if (rule.kind != cases[i].kind || !text_equal(rule.whom, text_of(cases[i].whom)))
            fail_msg("%s: kind %d for \"%.*s\"", cases[i].why, (int)rule.kind,
                     TEXT_ARGS(rule.whom));
        if (rule.kind == ACCESS_OWNER)
            assert_true(text_is(rule.admin_role, "chief"));
    }
}

static void test_scopes(void **state)
{
    static const struct bff_composite composite = {.access = BFF_SCOPE, .scopes = "read+write"};
    static const struct pages pages = {.count = 0};
    const struct plan plan = {
        .composite = &composite,
        .scopes = {.kind = ACCESS_SCOPE, .whom = TEXT("read write"), .needs_all = true}};
    struct access_rule rule = page_access(&pages, &plan, NULL);

    assert_int_equal(rule.kind, ACCESS_SCOPE);
    assert_true(text_is(rule.whom, "read write"));
    assert_true(rule.needs_all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_scopes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
