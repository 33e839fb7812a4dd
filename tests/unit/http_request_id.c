/* Which ids and traces of a client's are continued. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/http/request_id.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static void test_ids(void **state)
{
    char longest[130];
    static const struct {
        const char *id;
        bool want;
    } cases[] = {
        {"a", true},     {"A-z.0_9", true},      {"", false},
        {"a b", false},  {"a\"b", false},        {"a,b", false},
        {"a\nb", false}, {"caf\xc3\xa9", false}, {"a/b", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (request_id_is_sane(text_of(cases[i].id)) != cases[i].want)
            fail_msg("\"%s\"", cases[i].id);
    memset(longest, 'a', sizeof(longest));
    assert_true(request_id_is_sane((struct text){longest, 128}));
    assert_false(request_id_is_sane((struct text){longest, 129}));
    assert_false(request_id_is_sane((struct text){0}));
}

static void test_traceparents(void **state)
{
    static const struct {
        const char *why, *text;
        bool want;
    } cases[] = {
        {"as in the specification", "00-" TRACE "-" SPAN "-01", true},
        {"not sampled", "00-" TRACE "-" SPAN "-00", true},
        {"other flags", "00-" TRACE "-" SPAN "-ff", true},
        {"another version", "01-" TRACE "-" SPAN "-01", false},
        {"upper case", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01", false},
        {"a trace of zeros", "00-00000000000000000000000000000000-" SPAN "-01", false},
        {"a span of zeros", "00-" TRACE "-0000000000000000-01", false},
        {"too short", "00-" TRACE "-" SPAN "-0", false},
        {"too long", "00-" TRACE "-" SPAN "-01-", false},
        {"no hexadecimal", "00-" TRACE "-" SPAN "-0g", false},
        {"another separator", "00-" TRACE "_" SPAN "-01", false},
        {"empty", "", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (request_id_is_traceparent(text_of(cases[i].text)) != cases[i].want)
            fail_msg("%s", cases[i].why);
    assert_false(request_id_is_traceparent((struct text){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_traceparents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
