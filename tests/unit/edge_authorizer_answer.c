/* Tests of an authorizer's answers, and of what they make of a caller. */
#include "tests/unit/authorizer_stage.h"

#include "bff/base/check.h"
#include "bff/edge/authorizer_answer.h"
#include "bff/edge/verdict.h"
#include "bff/json/value.h"

/* Answers. */

/* Reads ${body}; NULL: there is none. */
static int read_answer(int status, const char *body, struct authorizer_answer *out)
{
    struct authorizer_settings settings = settings_of(two, 2);
    struct json json = body == NULL ? (struct json){0} : json_of(text_of(body));

    return authorizer_answer_read(&settings, status, json, pool, out);
}

/* What is read of an answer: whether it is an allow; the user, the roles, the scopes and the lines,
 * NULL: not named; and the time to live. */
static const struct {
    int status;
    const char *body;
    bool is_allow;
    const char *user, *roles, *scopes, *lines;
    int64_t ttl_ms;
} answers[] = {
    {200, "{\"allow\":true}", true, .ttl_ms = 300000},
    {200, "{\"allow\":false}", false, .ttl_ms = 10000},
    {200, " { \"\\u0061llow\" : true } ", true, .ttl_ms = 300000},
    {401, NULL, false, .ttl_ms = 10000},
    {403, "{\"allow\":true,\"user\":\"u1\"}", false, .ttl_ms = 10000},
    {200, "{\"allow\":true,\"user\":\"u7\"}", true, "u7", .ttl_ms = 300000},
    {200, "{\"allow\":true,\"user\":7}", true, "7", .ttl_ms = 300000},
    {200, "{\"allow\":true,\"user\":null}", true, .ttl_ms = 300000},
    {200, "{\"allow\":true,\"roles\":\"admin\"}", true, NULL, "admin", .ttl_ms = 300000},
    {200, "{\"allow\":true,\"roles\":[\"a\",\"b\",\"a\"]}", true, NULL, "a,b", .ttl_ms = 300000},
    {200, "{\"allow\":true,\"roles\":[]}", true, NULL, "", .ttl_ms = 300000},
    {200, "{\"allow\":true,\"scopes\":\"read  write \"}", true, NULL, NULL, "read write",
     .ttl_ms = 300000},
    {200, "{\"allow\":true,\"scopes\":[\"read\",\"write\"]}", true, NULL, NULL, "read write",
     .ttl_ms = 300000},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":\"a b\"}}", true, NULL, NULL, NULL,
     "x-tenant: a b\r\n", 300000},
    {200, "{\"allow\":true,\"context\":{\"X-Plan\":5,\"X-Tenant\":true}}", true, NULL, NULL, NULL,
     "x-plan: 5\r\nx-tenant: true\r\n", 300000},
    {200, "{\"allow\":true,\"context\":{\"x-other\":\"a\",\"x-user-id\":\"u7\",\"\":1}}", true,
     NULL, NULL, NULL, "", 300000},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":\"\"}}", true, NULL, NULL, NULL,
     "x-tenant: \r\n", 300000},
    {200, "{\"allow\":true,\"ttl\":60}", true, .ttl_ms = 60000},
    {200, "{\"allow\":true,\"ttl\":0.5}", true, .ttl_ms = 500},
    {200, "{\"allow\":true,\"ttl\":0}", true, .ttl_ms = 0},
    {200, "{\"allow\":true,\"ttl\":301}", true, .ttl_ms = 300000},
    {200, "{\"allow\":true,\"ttl\":1e400}", true, .ttl_ms = 300000},
    {200, "{\"allow\":false,\"ttl\":60}", false, .ttl_ms = 10000},
};

/* Answers that are failures of the authorizer. */
static const struct {
    int status;
    const char *body;
} failures[] = {
    {200, NULL},
    {200, "true"},
    {200, "[{\"allow\":true}]"},
    {200, "{}"},
    {200, "{\"allow\":1}"},
    {200, "{\"allow\":\"true\"}"},
    {200, "{\"allow\":null}"},
    {200, "{\"Allow\":true}"},
    {200, "{\"allow\":true,\"allow\":true}"},
    {200, "{\"allow\":false,\"\\u0061llow\":true}"},
    {201, "{\"allow\":true}"},
    {204, NULL},
    {302, "{\"allow\":true}"},
    {400, "{\"allow\":true}"},
    {404, "{\"allow\":true}"},
    {500, "{\"allow\":true}"},
    {0, NULL},
    {200, "{\"allow\":true,\"user\":\"\"}"},
    {200, "{\"allow\":true,\"user\":-7}"},
    {200, "{\"allow\":true,\"user\":1.5}"},
    {200, "{\"allow\":true,\"user\":[\"u7\"]}"},
    {200, "{\"allow\":true,\"user\":\"u7\\r\\nx-user-role: admin\"}"},
    {200, "{\"allow\":true,\"user\":\"\xc3\xbc\"}"},
    {200, "{\"allow\":true,\"user\":\"u7\",\"user\":\"u8\"}"},
    {200, "{\"allow\":true,\"roles\":[\"a,admin\"]}"},
    {200, "{\"allow\":true,\"roles\":[1]}"},
    {200, "{\"allow\":true,\"roles\":{}}"},
    {200, "{\"allow\":true,\"scopes\":7}"},
    {200, "{\"allow\":true,\"scopes\":\"a\\u0000b\"}"},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":\"a\\r\\nx-user-id: u7\"}}"},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":\"a\\nb\"}}"},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":\"a\\u0000\"}}"},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":\"\xc3\xbc\"}}"},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":\" a\"}}"},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":null}}"},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":[\"a\"]}}"},
    {200, "{\"allow\":true,\"context\":{\"x-tenant\":\"a\",\"X-TENANT\":\"b\"}}"},
    {200, "{\"allow\":true,\"context\":[]}"},
    {200, "{\"allow\":false,\"context\":{\"x-tenant\":\"a\\n\"}}"},
    {200, "{\"allow\":true,\"ttl\":-1}"},
    {200, "{\"allow\":true,\"ttl\":\"60\"}"},
};

static void check_text(struct text found, const char *expected)
{
    if (expected == NULL)
        assert_null(found.at);
    else
        assert_string_equal(pool_text(pool, found).at, expected);
}

static void test_answers_are_read(void **state)
{
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct authorizer_answer answer;

        print_message("%d %s\n", answers[i].status, answers[i].body);
        assert_int_equal(read_answer(answers[i].status, answers[i].body, &answer), 0);
        assert_int_equal(answer.is_allow, answers[i].is_allow);
        check_text(answer.user, answers[i].user);
        check_text(answer.roles, answers[i].roles);
        check_text(answer.scopes, answers[i].scopes);
        check_text(answer.lines, answers[i].lines);
        assert_int_equal(answer.ttl_ms, answers[i].ttl_ms);
    }
}

static void test_everything_else_is_a_failure(void **state)
{
    for (size_t i = 0; i < COUNT(failures); i++) {
        struct authorizer_answer answer;

        print_message("%d %s\n", failures[i].status, failures[i].body);
        assert_int_equal(read_answer(failures[i].status, failures[i].body, &answer), -1);
    }
}

static void test_a_context_has_a_bound(void **state)
{
    char *body = pool_take(pool, 2 * AUTHORIZER_LINES_MAX);
    struct authorizer_answer answer;

    for (unsigned more = 0; more < 2; more++) {
        int len = (int)(AUTHORIZER_LINES_MAX - sizeof("x-tenant: \r\n") + 1 + more);
        snprintf(body, 2 * AUTHORIZER_LINES_MAX,
                 "{\"allow\":true,\"context\":{\"x-tenant\":\"%.*s\"}}", len,
                 (char *)memset(pool_take(pool, AUTHORIZER_LINES_MAX), 'a', AUTHORIZER_LINES_MAX));
        assert_int_equal(read_answer(200, body, &answer), more == 0 ? 0 : -1);
    }
}

/* Names that a context may set or not, when an operator lists them. */
static void test_a_context_cannot_set_what_others_are_believed_for(void **state)
{
    static const char *const good[] = {"x-tenant", "X-Plan", "tenant", "x-tenant.id"};
    static const char *const bad[] = {"x-user-id",
                                      "X-User-Role",
                                      "authorization",
                                      "Cookie",
                                      "host",
                                      "content-length",
                                      "content-type",
                                      "connection",
                                      "te",
                                      "upgrade",
                                      "x_tenant",
                                      "x-forwarded-for",
                                      "x-api-key-name",
                                      "via",
                                      "proxy-x",
                                      "x tenant",
                                      "",
                                      "if-none-match",
                                      "range",
                                      "expect",
                                      "traceparent",
                                      "forwarded",
                                      "x-identity"};

    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(authorizer_answer_may_set(text_of(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++) {
        print_message("%s\n", bad[i]);
        assert_false(authorizer_answer_may_set(text_of(bad[i])));
    }
}

/* Verdicts. */

static struct cache_entry *verdict_of(const char *body)
{
    struct authorizer_settings settings = settings_of(two, 2);
    struct authorizer_answer answer;

    must(read_answer(200, body, &answer) == 0);
    return authorizer_answer_entry(&settings, &answer);
}

/* What an allow makes of a user u1 with the role r and the scope s; without a user when ${nobody}.
 */
static const struct {
    const char *body;
    bool nobody;
    const char *user, *roles, *scopes, *fields;
} applied[] = {
    {"{\"allow\":true}", false, "u1", "r", "s", NULL},
    {"{\"allow\":true}", true, NULL, NULL, NULL, NULL},
    {"{\"allow\":true,\"user\":\"u7\"}", false, "u7", "", "", NULL},
    {"{\"allow\":true,\"user\":\"u7\",\"roles\":[\"a\"]}", true, "u7", "a", "", NULL},
    {"{\"allow\":true,\"roles\":[\"a\"]}", false, "u1", "a", "s", NULL},
    {"{\"allow\":true,\"scopes\":\"t\"}", false, "u1", "r", "t", NULL},
    {"{\"allow\":true,\"roles\":[\"a\"]}", true, NULL, NULL, NULL, NULL},
    {"{\"allow\":true,\"context\":{\"x-tenant\":\"a\"}}", false, "u1", "r", "s", "x-tenant: a\r\n"},
};

static void test_an_allow_names_the_user(void **state)
{
    for (size_t i = 0; i < COUNT(applied); i++) {
        struct caller caller = {0};
        struct cache_entry *entry = verdict_of(applied[i].body);

        if (!applied[i].nobody)
            caller = (struct caller){.has_user = true, .user = {TEXT("u1"), TEXT("r"), TEXT("s")}};
        print_message("%s\n", applied[i].body);
        assert_true(authorizer_answer_is_allow(entry));
        authorizer_answer_apply(entry, &caller);
        assert_int_equal(caller.has_user, applied[i].user != NULL);
        check_text(caller.user.id, applied[i].user);
        check_text(caller.user.roles, applied[i].roles);
        check_text(caller.user.scopes, applied[i].scopes);
        check_text(caller.fields, applied[i].fields);
        cache_entry_release(entry);
    }
}

static void test_a_deny_is_never_stale_and_has_no_user(void **state)
{
    struct cache_entry *allow = verdict_of("{\"allow\":true}");
    struct cache_entry *deny = verdict_of("{\"allow\":false,\"user\":\"u7\"}");

    assert_false(authorizer_answer_is_allow(deny));
    assert_int_equal(deny->failed_ns, 0);
    assert_int_equal(deny->fresh_ns - deny->born_ns, 10 * CLOCK_S);
    assert_int_equal(deny->field_count, 0);
    assert_int_equal(allow->failed_ns - allow->fresh_ns, 60 * CLOCK_S);
    assert_int_equal(allow->bytes, 16 * 1024 * 1024 / 10000);
    cache_entry_release(allow);
    cache_entry_release(deny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers_are_read),
        TEST(test_everything_else_is_a_failure),
        TEST(test_a_context_has_a_bound),
        TEST(test_a_context_cannot_set_what_others_are_believed_for),
        TEST(test_an_allow_names_the_user),
        TEST(test_a_deny_is_never_stale_and_has_no_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
