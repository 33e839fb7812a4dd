/* Tests of an authorizer's identities and questions. */
#include "tests/unit/authorizer_stage.h"

#include "bff/edge/authorizer_call_question.h"

/* Identities. */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_identities_that_differ_have_other_bytes),
        TEST(test_settings_that_differ_have_other_bytes),
        TEST(test_a_question_has_all_parts_and_the_user),
        TEST(test_with_get_the_query_is_in_the_target_and_there_is_no_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
