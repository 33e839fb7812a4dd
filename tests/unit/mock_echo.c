/* Tests of what /echo reports about a request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/json/json.h"
#include "bff/json/json_scan.h"
#include "fixtures/mock_echo.h"

static struct pool *pool;

static struct json echo(struct text head, struct text body)
{
    struct mock_question question = {.service = MOCK_REVIEWS,
                                     .method = TEXT("PUT"),
                                     .target = TEXT("/echo?a=%2F"),
                                     .body = body};
    struct text told = mock_echo_answer(&question, head, pool).begin;
    struct json_scan scan;

    json_scan_init(&scan, 8, false);
    assert_int_equal(json_scan_more(&scan, told.at, told.len), 0);
    assert_int_equal(json_scan_end(&scan, told.at, told.len), 0);
    json_scan_free(&scan);
    return json_of(told);
}

static const struct {
    const char *why, *head, *want;
} heads[] = {
    {"no field", "PUT /echo HTTP/1.1\r\n\r\n", "[]"},
    {"in their order, twice the same", "PUT /echo HTTP/1.1\r\nb: 1\r\na: 2\r\nb: 3\r\n\r\n",
     "[[\"b\",\"1\"],[\"a\",\"2\"],[\"b\",\"3\"]]"},
    {"colons in a value, spaces around", "PUT /echo HTTP/1.1\r\nhost:  h:80 \r\n\r\n",
     "[[\"host\",\"h:80\"]]"},
    {"an empty value", "PUT /echo HTTP/1.1\r\na:\r\nb: \r\n\r\n", "[[\"a\",\"\"],[\"b\",\"\"]]"},
    {"quotes", "PUT /echo HTTP/1.1\r\na: \"x\\\r\n\r\n", "[[\"a\",\"\\\"x\\\\\"]]"},
    {"bytes that are no UTF-8", "PUT /echo HTTP/1.1\r\na: \xff\r\n\r\n", "[[\"a\",\"\\ufffd\"]]"},
    {"the body behind it", "PUT /echo HTTP/1.1\r\na: 1\r\n\r\nb: 2\r\n", "[[\"a\",\"1\"]]"},
    {"bare line feeds", "PUT /echo HTTP/1.1\na: 1\n\n", "[[\"a\",\"1\"]]"},
    {"empty lines before", "\r\nPUT /echo HTTP/1.1\r\na: 1\r\n\r\n", "[[\"a\",\"1\"]]"},
    {"a folded line", "PUT /echo HTTP/1.1\r\na: 1\r\n  x\r\n\r\n",
     "[[\"a\",\"1\"],[\"  x\",\"\"]]"},
};

static void fields_are_told_as_they_came(void **state)
{
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        struct text told = json_raw(json_get(echo(text_of(heads[i].head), TEXT("")), "headers"));
        if (!text_is(told, heads[i].want))
            fail_msg("%s: %.*s", heads[i].why, TEXT_ARGS(told));
    }
}

static void all_is_told(void **state)
{
    struct json told = echo(TEXT("PUT /echo?a=%2F HTTP/1.0\r\n\r\n"), TEXT("abc"));

    assert_true(text_is(json_raw(told),
                        "{\"service\":\"reviews\",\"method\":\"PUT\",\"target\":\"/echo?a=%2F\","
                        "\"version\":\"1.0\",\"headers\":[],\"bodyLength\":3,\"bodySha256\":"
                        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\","
                        "\"body\":\"abc\"}"));
}

static struct text body_told(struct text body)
{
    return json_text(json_get(echo(TEXT("PUT /echo HTTP/1.1\r\n\r\n"), body), "body"), pool);
}

static void a_long_body_is_cut_between_characters(void **state)
{
    char body[MOCK_ECHO_BODY_MAX + 10];

    memset(body, 'x', sizeof(body));
    assert_int_equal(body_told((struct text){body, MOCK_ECHO_BODY_MAX}).len, MOCK_ECHO_BODY_MAX);
    assert_int_equal(body_told((struct text){body, sizeof(body)}).len, MOCK_ECHO_BODY_MAX);
    memcpy(body + MOCK_ECHO_BODY_MAX - 2, "\xe2\x82\xac", 3);
    assert_int_equal(body_told((struct text){body, sizeof(body)}).len, MOCK_ECHO_BODY_MAX - 2);
    memcpy(body + MOCK_ECHO_BODY_MAX - 3, "\xe2\x82\xacx", 4);
    assert_int_equal(body_told((struct text){body, sizeof(body)}).len, MOCK_ECHO_BODY_MAX);
}

static void a_body_that_is_no_text_is_null(void **state)
{
    assert_null(body_told(TEXT("\xff")).at);
    assert_int_equal(body_told((struct text){0}).len, 0);
    assert_non_null(body_told((struct text){0}).at);
}

static void only_echo_echoes(void **state)
{
    assert_true(mock_echo_is_asked(TEXT("/echo")));
    assert_true(mock_echo_is_asked(TEXT("/echo/a/b?c")));
    assert_true(mock_echo_is_asked(TEXT("/echo?")));
    assert_false(mock_echo_is_asked(TEXT("/echoes")));
    assert_false(mock_echo_is_asked(TEXT("/a/echo")));
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_told_as_they_came),
        cmocka_unit_test(all_is_told),
        cmocka_unit_test(a_long_body_is_cut_between_characters),
        cmocka_unit_test(a_body_that_is_no_text_is_null),
        cmocka_unit_test(only_echo_echoes),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
