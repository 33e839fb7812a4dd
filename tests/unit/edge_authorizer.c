/* Tests of an authorizer's identities, questions and answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/edge/authorizer_answer.h"
#include "bff/edge/authorizer_call_question.h"
#include "bff/edge/verdict.h"
#include "bff/json/value.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

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

static const struct bff_service service = {.name = "access"};
static const struct text headers[] = {{"x-tenant", 8}, {"x-plan", 6}};

static struct authorizer_settings settings_of(const struct authorizer_part *parts, size_t count)
{
    struct authorizer_settings settings = {
        .service = &service,
        .path = TEXT("/authorize"),
        .ttl_ms = 300000,
        .deny_ttl_ms = 10000,
        .stale_ms = 60000,
        .part_count = count,
        .max = 10000,
        .headers = headers,
        .header_count = COUNT(headers),
    };

    memcpy(settings.parts, parts, count * sizeof(*parts));
    return settings;
}

/* Identities. */

static const struct authorizer_part two[] = {
    {AUTHORIZER_HEADER, {"authorization", 13}},
    {AUTHORIZER_HEADER, {"x-key", 5}},
};

/* An identity: the values of two headers, NULL: absent; and the user with roles, NULL: nobody. */
struct who {
    const char *a, *b, *user, *roles;
};

static struct text value_of(const char *value)
{
    return value == NULL ? (struct text){0} : text_of(value);
}

static struct caller caller_of(const struct who *who)
{
    return (struct caller){
        .has_user = who->user != NULL,
        .user = {.id = value_of(who->user), .roles = value_of(who->roles), .scopes = TEXT("")},
    };
}

static struct text bytes_of(const struct authorizer_settings *settings, const struct who *who)
{
    struct caller *caller = pool_zero(pool, sizeof(*caller));
    struct authorizer_identity identity = {.caller = caller};

    *caller = caller_of(who);
    identity.values[0] = value_of(who->a);
    identity.values[1] = value_of(who->b);
    return authorizer_identity_bytes(settings, TEXT("of"), &identity, pool);
}

/* Pairs of identities that must never share a verdict. */
static const struct {
    const char *why;
    struct who one, other;
} pairs[] = {
    {"another byte", {"Bearer a", NULL, NULL, NULL}, {"Bearer b", NULL, NULL, NULL}},
    {"another case", {"Bearer a", NULL, NULL, NULL}, {"bearer a", NULL, NULL, NULL}},
    {"a byte more", {"Bearer a", NULL, NULL, NULL}, {"Bearer aa", NULL, NULL, NULL}},
    {"absent and empty", {NULL, "x", NULL, NULL}, {"", "x", NULL, NULL}},
    {"swapped", {"x", "y", NULL, NULL}, {"y", "x", NULL, NULL}},
    {"in the other header", {"x", NULL, NULL, NULL}, {NULL, "x", NULL, NULL}},
    {"cut elsewhere", {"xy", "z", NULL, NULL}, {"x", "yz", NULL, NULL}},
    {"another user", {"x", NULL, "u1", NULL}, {"x", NULL, "u2", NULL}},
    {"nobody", {"x", NULL, "u1", NULL}, {"x", NULL, NULL, NULL}},
    {"other roles", {"x", NULL, "u1", "a"}, {"x", NULL, "u1", "a,b"}},
    {"a value that looks like the user", {"x", "user2:u1", NULL, NULL}, {"x", NULL, "u1", NULL}},
};

static void test_identities_that_differ_have_other_bytes(void **state)
{
    struct authorizer_settings settings = settings_of(two, 2);

    for (size_t i = 0; i < COUNT(pairs); i++) {
        print_message("%s\n", pairs[i].why);
        assert_false(
            text_equal(bytes_of(&settings, &pairs[i].one), bytes_of(&settings, &pairs[i].other)));
        assert_true(
            text_equal(bytes_of(&settings, &pairs[i].one), bytes_of(&settings, &pairs[i].one)));
    }
}

static void test_settings_that_differ_have_other_bytes(void **state)
{
    const struct authorizer_settings one = settings_of(two, 2);
    struct authorizer_settings others[] = {one, one, one, one, one, one};

    others[0].path = TEXT("/authorise");
    others[1].is_get = true;
    others[2].ttl_ms = 1000;
    others[3].part_count = 1;
    others[4].header_count = 1;
    others[5].parts[1].kind = AUTHORIZER_COOKIE;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(text_equal(authorizer_identity_of_settings(&one, pool),
                                authorizer_identity_of_settings(&others[i], pool)));
}

/* Questions. */

static const struct authorizer_part all[] = {
    {AUTHORIZER_HEADER, {"authorization", 13}},
    {AUTHORIZER_HEADER, {"x-key", 5}},
    {AUTHORIZER_HEADER, {"host", 4}},
    {AUTHORIZER_COOKIE, {"sid", 3}},
    {AUTHORIZER_COOKIE, {"b", 1}},
    {AUTHORIZER_QUERY, {"shop name", 9}},
    {AUTHORIZER_PATH, {0}},
    {AUTHORIZER_METHOD, {0}},
    {AUTHORIZER_IP, {0}},
};

static struct authorizer_identity everything(const struct caller *caller)
{
    return (struct authorizer_identity){
        .values = {TEXT("Bearer \"x\""),
                   {0},
                   TEXT("h"),
                   TEXT("s=1"),
                   TEXT("2"),
                   TEXT("a%20b"),
                   TEXT("/api/users/1"),
                   TEXT("PUT"),
                   TEXT("192.0.2.1")},
        .caller = caller,
    };
}

static void test_a_question_has_all_parts_and_the_user(void **state)
{
    struct authorizer_settings settings = settings_of(all, COUNT(all));
    struct caller caller = caller_of(&(struct who){.user = "u1", .roles = "admin"});
    struct authorizer_identity identity = everything(&caller);
    struct authorizer_call_question question;

    authorizer_call_question_write(&settings, &identity, TEXT("id"), pool, &question);
    assert_true(text_is(question.method, "POST"));
    assert_true(text_is(question.target, "/authorize"));
    const char *body = "{\"method\":\"PUT\",\"path\":\"/api/users/1\",\"ip\":\"192.0.2.1\","
                       "\"user\":\"u1\",\"roles\":\"admin\",\"identity\":{"
                       "\"headers\":{\"authorization\":\"Bearer \\\"x\\\"\",\"host\":\"h\"},"
                       "\"cookies\":{\"sid\":\"s=1\",\"b\":\"2\"},"
                       "\"query\":{\"shop name\":\"a%20b\"}}}";
    assert_string_equal(pool_text(pool, question.body).at, body);
    assert_string_equal(pool_text(pool, question.headers).at,
                        pool_print(pool,
                                   "accept: application/json\r\naccept-encoding: identity\r\n"
                                   "authorization: Bearer \"x\"\r\n"
                                   "x-forwarded-uri: /api/users/1\r\nx-forwarded-method: PUT\r\n"
                                   "x-forwarded-for: 192.0.2.1\r\ncookie: sid=s=1; b=2\r\n"
                                   "x-request-id: id\r\nx-user-id: u1\r\nx-user-role: admin\r\n"
                                   "content-type: application/json\r\ncontent-length: %zu\r\n",
                                   strlen(body))
                            .at);
}

static void test_with_get_the_query_is_in_the_target_and_there_is_no_body(void **state)
{
    struct authorizer_settings settings = settings_of(all, COUNT(all));
    struct caller nobody = {0};
    struct authorizer_identity identity = everything(&nobody);
    struct authorizer_call_question question;

    settings.is_get = true;
    authorizer_call_question_write(&settings, &identity, TEXT("id"), pool, &question);
    assert_true(text_is(question.method, "GET"));
    assert_string_equal(pool_text(pool, question.target).at, "/authorize?shop%20name=a%20b");
    assert_null(question.body.at);
    assert_null(strstr(pool_text(pool, question.headers).at, "content-length"));
}

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

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_identities_that_differ_have_other_bytes),
        TEST(test_settings_that_differ_have_other_bytes),
        TEST(test_a_question_has_all_parts_and_the_user),
        TEST(test_with_get_the_query_is_in_the_target_and_there_is_no_body),
        TEST(test_answers_are_read),
        TEST(test_everything_else_is_a_failure),
        TEST(test_a_context_has_a_bound),
        TEST(test_a_context_cannot_set_what_others_are_believed_for),
        TEST(test_an_allow_names_the_user),
        TEST(test_a_deny_is_never_stale_and_has_no_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
