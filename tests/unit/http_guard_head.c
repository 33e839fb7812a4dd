/* Tests of request heads that two programs could read in different ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/http/guard_head.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define START "POST / HTTP/1.1\r\nhost: a\r\n"
#define LENGTH "content-length: 5\r\n"
#define CHUNKED "transfer-encoding: chunked\r\n"

static void test_heads(void **state)
{
    static const struct {
        const char *why, *head;
        enum guard_head want;
    } cases[] = {
        {"plain", START "\r\n", GUARD_HEAD_SOUND},
        {"no fields", "GET / HTTP/1.0\r\n\r\n", GUARD_HEAD_SOUND},
        {"an empty line first", "\r\n" START "\r\n", GUARD_HEAD_SOUND},
        {"a length", START LENGTH "\r\nhello", GUARD_HEAD_SOUND},
        {"chunks", START CHUNKED "\r\n0\r\n\r\n", GUARD_HEAD_SOUND},
        {"what follows is no head", START "\r\nhost: b\r\nhost: c\n", GUARD_HEAD_SOUND},
        {"names of the same lengths",
         START "hosT2: b\r\nhoss: c\r\ncontent-lengti: 5\r\n" LENGTH "\r\n", GUARD_HEAD_SOUND},
        {"a name inside a value", START "x: host: b\r\n\r\n", GUARD_HEAD_SOUND},
        {"two hosts", START "Host: a\r\n\r\n", GUARD_HEAD_BAD},
        {"two lengths", START LENGTH "Content-Length: 6\r\n\r\n", GUARD_HEAD_BAD},
        {"two equal lengths", START LENGTH LENGTH "\r\n", GUARD_HEAD_BAD},
        {"two codings", START CHUNKED CHUNKED "\r\n", GUARD_HEAD_BAD},
        {"length and coding", START LENGTH CHUNKED "\r\n", GUARD_HEAD_BAD},
        {"coding and length", START CHUNKED "x: y\r\n" LENGTH "\r\n", GUARD_HEAD_BAD},
        {"LF alone", START "x: y\n\r\n", GUARD_HEAD_BAD},
        {"LF alone after the request line", "GET / HTTP/1.1\nhost: a\r\n\r\n", GUARD_HEAD_BAD},
        {"LF alone at the end", START "\n", GUARD_HEAD_BAD},
        {"no end", START, GUARD_HEAD_BAD},
        {"nothing", "", GUARD_HEAD_BAD},
        {"100-continue", START "expect: 100-Continue \r\n\r\n", GUARD_HEAD_SOUND},
        {"another expectation", START "expect: a\r\n\r\n", GUARD_HEAD_UNMET},
        {"two expectations", START "expect: 100-continue\r\nexpect: a\r\n\r\n", GUARD_HEAD_UNMET},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (guard_head(text_of(cases[i].head), false) != cases[i].want)
            fail_msg("%s", cases[i].why);
}

static void test_http10(void **state)
{
    assert_int_equal(guard_head(TEXT(START LENGTH "\r\n"), true), GUARD_HEAD_SOUND);
    assert_int_equal(guard_head(TEXT(START CHUNKED "\r\n"), true), GUARD_HEAD_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_http10),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
