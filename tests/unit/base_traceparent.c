/* Tests of traceparent: which values are accepted, which are made, and what a child has in common
 * with its parent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/traceparent.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static void test_sane(void **state)
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
        {"another separator before the flags", "00-" TRACE "-" SPAN "_01", false},
        {"empty", "", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (traceparent_is_sane(text_of(cases[i].text)) != cases[i].want)
            fail_msg("%s", cases[i].why);
    assert_false(traceparent_is_sane((struct text){0}));
}

static void test_a_new_one(void **state)
{
    struct random random;
    char one[TRACEPARENT_LEN], other[TRACEPARENT_LEN];

    random_seed(&random);
    traceparent_make(&random, one);
    traceparent_make(&random, other);
    assert_true(traceparent_is_sane((struct text){one, sizeof(one)}));
    assert_memory_equal(one + TRACEPARENT_LEN - 3, "-01", 3);
    assert_memory_not_equal(one, other, TRACEPARENT_LEN);
}

static void test_a_child(void **state)
{
    struct text parent = TEXT("00-" TRACE "-" SPAN "-ff");
    struct random random;
    char bytes[TRACEPARENT_LEN];
    struct text child = {bytes, sizeof(bytes)};

    random_seed(&random);
    traceparent_child(&random, parent, bytes);
    assert_true(traceparent_is_sane(child));
    assert_true(text_is(traceparent_trace(child), TRACE));
    assert_false(text_is(traceparent_span(child), SPAN));
    assert_memory_equal(bytes + TRACEPARENT_LEN - 3, "-ff", 3);
}

static void test_a_part(void **state)
{
    struct text parent = TEXT("00-" TRACE "-00f067aa0ba902b7-00");
    char bytes[TRACEPARENT_LEN];
    struct text part = {bytes, sizeof(bytes)};

    traceparent_part(parent, 1, bytes);
    assert_true(text_is(part, "00-" TRACE "-00f067aa0ba902b6-00"));
    traceparent_part(parent, 255, bytes);
    assert_true(text_is(part, "00-" TRACE "-00f067aa0ba90248-00"));
}

static void test_the_flag(void **state)
{
    char bytes[] = "00-" TRACE "-" SPAN "-02";
    struct text text = {bytes, TRACEPARENT_LEN};

    assert_false(traceparent_is_sampled(text));
    traceparent_set_sampled(bytes, true);
    assert_true(text_is(text, "00-" TRACE "-" SPAN "-03"));
    assert_true(traceparent_is_sampled(text));
    traceparent_set_sampled(bytes, false);
    assert_true(text_is(text, "00-" TRACE "-" SPAN "-02"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sane),     cmocka_unit_test(test_a_new_one),
        cmocka_unit_test(test_a_child),  cmocka_unit_test(test_a_part),
        cmocka_unit_test(test_the_flag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
