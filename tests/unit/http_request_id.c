/* Tests of which request ids of clients are accepted. base_traceparent.c tests the traces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/http/request_id.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
