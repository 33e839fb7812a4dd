/* Tests of the deadline that a trusted proxy states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/edge/deadline.h"

static const struct {
    const char *why, *value;
    int64_t want;
} cases[] = {
    {"milliseconds", "250", 250},
    {"zeros in front", "007", 7},
    {"no time is left", "0", 0},
    {"the deadline has passed", "-1", 0},
    {"it has passed long ago", "-86400000", 0},
    {"a day", "86400000", 86400000},
    {"more than a day", "86400001", DEADLINE_NONE},
    {"more than fits", "99999999999999999999", DEADLINE_NONE},
    {"nothing", "", DEADLINE_NONE},
    {"a sign only", "-", DEADLINE_NONE},
    {"two signs", "--1", DEADLINE_NONE},
    {"a plus", "+5", DEADLINE_NONE},
    {"a fraction", "1.5", DEADLINE_NONE},
    {"a unit", "5ms", DEADLINE_NONE},
    {"a list", "5, 6", DEADLINE_NONE},
    {"a word", "soon", DEADLINE_NONE},
    {"hexadecimal", "0x10", DEADLINE_NONE},
};

static void test_values(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (deadline_read(text_of(cases[i].value)) != cases[i].want)
            fail_msg("%s: %s", cases[i].why, cases[i].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
