/* Tests of API keys: what a file, Redis or a service may say of one, and what a client may present.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/edge/api_key.h"
#include "bff/edge/api_keys_service.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LONG64 "0123456789012345678901234567890123456789012345678901234567890123"
#define LONG256 LONG64 LONG64 LONG64 LONG64

static struct api_keys_plan plans[] = {{.name = {"basic", 5}}, {.name = {"gold", 4}}};
static const struct api_keys_settings settings = {.plans = plans, .plan_count = COUNT(plans)};

/* A row as an operator could write it, and what it means: "name/plan/user/roles/scopes",
 * "disabled", or the beginning of the mistake. */
static const struct {
    const char *name, *plan, *user, *roles, *scopes, *disabled, *want;
} rows[] = {
    {"shop", NULL, NULL, NULL, NULL, NULL, "shop/-///"},
    {"shop", "basic", "u1", "admin", "read write", "false", "shop/0/u1/admin/read write"},
    {"shop", "gold", "u1", " admin , staff,,", " read   write ", "0",
     "shop/1/u1/admin,staff/read write"},
    {"shop", "", "", "", "", "", "shop/-///"},
    {"a@b.example:1/2", NULL, NULL, NULL, NULL, NULL, "a@b.example:1/2/-///"},
    {LONG64, NULL, NULL, NULL, NULL, NULL, LONG64 "/-///"},
    {"shop", NULL, NULL, NULL, NULL, "true", "disabled"},
    {"shop", NULL, NULL, NULL, NULL, "1", "disabled"},
    {NULL, NULL, NULL, NULL, NULL, NULL, "its name is missing"},
    {"", NULL, NULL, NULL, NULL, NULL, "its name is missing"},
    {LONG64 "5", NULL, NULL, NULL, NULL, NULL, "its name is wrong"},
    {"a b", NULL, NULL, NULL, NULL, NULL, "its name is wrong"},
    {"a\r\nx: y", NULL, NULL, NULL, NULL, NULL, "its name is wrong"},
    {"a\"b", NULL, NULL, NULL, NULL, NULL, "its name is wrong"},
    {"a,b", NULL, NULL, NULL, NULL, NULL, "its name is wrong"},
    {"caf\xc3\xa9", NULL, NULL, NULL, NULL, NULL, "its name is wrong"},
    {"shop", "Basic", NULL, NULL, NULL, NULL, "there is no such plan"},
    {"shop", "basic ", NULL, NULL, NULL, NULL, "there is no such plan"},
    {"shop", NULL, "u1\r\nx: y", NULL, NULL, NULL, "its user is wrong"},
    {"shop", NULL, " u1", NULL, NULL, NULL, "its user is wrong"},
    {"shop", NULL, LONG256 "6", NULL, NULL, NULL, "its user is wrong"},
    {"shop", NULL, "u1", "a\nb", NULL, NULL, "its role is wrong"},
    {"shop", NULL, "u1", LONG256 "6", NULL, NULL, "its role is wrong"},
    {"shop", NULL, "u1", NULL, "a\tb", NULL, "its scopes are wrong"},
    {"shop", NULL, NULL, "admin", NULL, NULL, "it has a role or scopes, but no user"},
    {"shop", NULL, NULL, NULL, "read", NULL, "it has a role or scopes, but no user"},
    {"shop", NULL, NULL, NULL, NULL, "yes", "disabled is neither true nor false"},
    {"shop", NULL, NULL, NULL, NULL, "True", "disabled is neither true nor false"},
};

static void print(const struct api_key *key, char *out, size_t size)
{
    char plan[32] = "-";

    if (key->plan != API_KEY_NO_PLAN)
        snprintf(plan, sizeof(plan), "%zu", key->plan);
    snprintf(out, size, "%.*s/%s/%.*s/%.*s/%.*s", TEXT_ARGS(key->name), plan, TEXT_ARGS(key->user),
             TEXT_ARGS(key->roles), TEXT_ARGS(key->scopes));
}

static void a_row_says_what_a_key_is(void **state)
{
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct api_key_row row = {text_of(rows[i].name),   text_of(rows[i].plan),
                                  text_of(rows[i].user),   text_of(rows[i].roles),
                                  text_of(rows[i].scopes), text_of(rows[i].disabled)};
        struct api_key key;
        const char *wrong;
        char got[1024] = "disabled";
        enum api_key_reading reading = api_key_read(&row, &settings, pool, &key, &wrong);
        if (reading == API_KEY_GOOD)
            print(&key, got, sizeof(got));
        else if (reading == API_KEY_WRONG)
            snprintf(got, sizeof(got), "%.*s", (int)strlen(rows[i].want), wrong);
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("row %zu: %s (%s) instead of %s", i, got, wrong ? wrong : "", rows[i].want);
    }
    pool_free(pool);
}

/* "": the answer is no key. */
static const struct {
    const char *json, *want;
} answers[] = {
    {"{\"name\":\"shop\"}", "shop"},
    {"{\"name\":\"s\\u0068op\",\"plan\":\"gold\",\"user\":\"u\",\"role\":[\"a\",\"b\"],"
     "\"scopes\":[\"r\",\"w\"],\"disabled\":false,\"more\":{}}",
     "shop gold u a,b r w false"},
    {"{\"name\":\"shop\",\"plan\":null,\"role\":\"a\",\"scopes\":\"r w\",\"disabled\":true}",
     "shop a r w true"},
    {"{\"name\":\"shop\",\"role\":[],\"scopes\":null,\"disabled\":null}", "shop"},
    {"[]", ""},
    {"\"shop\"", ""},
    {"null", ""},
    {"{\"name\":7}", ""},
    {"{\"name\":\"shop\",\"plan\":{}}", ""},
    {"{\"name\":\"shop\",\"user\":1}", ""},
    {"{\"name\":\"shop\",\"role\":[1]}", ""},
    {"{\"name\":\"shop\",\"scopes\":{\"a\":1}}", ""},
    {"{\"name\":\"shop\",\"disabled\":0}", ""},
    {"{\"name\":\"shop\",\"disabled\":[]}", ""},
};

static void an_answer_of_a_service_is_such_a_row(void **state)
{
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(answers); i++) {
        struct api_key_row row;
        char got[256] = "";
        if (api_keys_service_read(json_of(text_of(answers[i].json)), pool, &row)) {
            const struct text all[] = {row.name,  row.plan,   row.user,
                                       row.roles, row.scopes, row.disabled};
            for (size_t j = 0; j < COUNT(all); j++)
                if (all[j].len > 0)
                    snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%.*s",
                             got[0] == '\0' ? "" : " ", TEXT_ARGS(all[j]));
        }
        if (strcmp(got, answers[i].want) != 0)
            fail_msg("%s: \"%s\"", answers[i].json, got);
    }
    pool_free(pool);
}

static void a_presented_key_is_visible_ascii_of_bounded_length(void **state)
{
    static const char long512[] = LONG256 LONG256;

    assert_true(api_key_is_plausible(TEXT("a")));
    assert_true(api_key_is_plausible(TEXT("!~{}[]\"'")));
    assert_true(api_key_is_plausible(text_of(long512)));
    assert_false(api_key_is_plausible(TEXT(LONG256 LONG256 "2")));
    assert_false(api_key_is_plausible(TEXT("")));
    assert_false(api_key_is_plausible(TEXT("a b")));
    assert_false(api_key_is_plausible(TEXT("a\tb")));
    assert_false(api_key_is_plausible(TEXT("a\x7f")));
    assert_false(api_key_is_plausible(TEXT("a\0b")));
    assert_false(api_key_is_plausible(TEXT("caf\xc3\xa9")));
}

/* printf secret | sha256sum */
static void a_digest_is_written_and_read(void **state)
{
    static const char hex[] = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
    static const char upper[] = "2BB80D537B1DA3E38BD30361AA855686BDE0EACD7162FEF6A25FE97BF527A25B";
    unsigned char want[API_KEY_DIGEST], got[API_KEY_DIGEST];

    api_key_digest(TEXT("secret"), want);
    assert_int_equal(api_key_digest_read(text_of(hex), got), 0);
    assert_memory_equal(got, want, sizeof(want));
    assert_int_equal(api_key_digest_read(text_of(upper), got), 0);
    assert_memory_equal(got, want, sizeof(want));
    assert_int_equal(api_key_digest_read((struct text){hex, 63}, got), -1);
    assert_int_equal(api_key_digest_read((struct text){hex, 65}, got), -1);
    assert_int_equal(api_key_digest_read(TEXT("0x" LONG64), got), -1);
    assert_int_equal(
        api_key_digest_read(
            TEXT("zbb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"), got),
        -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_says_what_a_key_is),
        cmocka_unit_test(an_answer_of_a_service_is_such_a_row),
        cmocka_unit_test(a_presented_key_is_visible_ascii_of_bounded_length),
        cmocka_unit_test(a_digest_is_written_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
