/* Tests of durations, sizes, suggestions for misspelt names, and variables. */
#include "bff/config/expand.h"
#include "bff/base/suggest.h"
#include "bff/config/units.h"
#include "bff/base/memory.h"
#include "tests/unit/config_reading.h"

#define WRONG UINT64_MAX

static const struct {
    const char *text;
    uint64_t want;
} durations[] = {
    {"250ms", 250},
    {"0s", 0},
    {"1s", 1000},
    {"1.5s", 1500},
    {"0.25s", 250},
    {"5m", 300000},
    {"1h", 3600000},
    {"1.5h", 5400000},
    {"0.001s", 1},
    {"007s", 7000},
    {"1.000ms", 1},
    {"4294967295ms", 4294967295},
    {"0.0001s", WRONG},
    {"1.5ms", WRONG},
    {"30", WRONG},
    {"1.5", WRONG},
    {"", WRONG},
    {"s", WRONG},
    {".5s", WRONG},
    {"1.s", WRONG},
    {"-1s", WRONG},
    {"+1s", WRONG},
    {"1 s", WRONG},
    {" 1s", WRONG},
    {"1S", WRONG},
    {"1d", WRONG},
    {"1s1", WRONG},
    {"1m30s", WRONG},
    {"1e3s", WRONG},
    {"1..5s", WRONG},
    {"auto", WRONG},
    {"4294967296ms", WRONG},
    {"0.0000000001h", WRONG},
};

static const struct {
    const char *text;
    uint64_t want;
} sizes[] = {
    {"512", 512},
    {"0", 0},
    {"1B", 1},
    {"64KiB", 65536},
    {"1MiB", 1048576},
    {"1GiB", 1 << 30},
    {"10KB", 10000},
    {"10MB", 10000000},
    {"1GB", 1000000000},
    {"", WRONG},
    {"KiB", WRONG},
    {"1.5MiB", WRONG},
    {"1 MiB", WRONG},
    {"1mib", WRONG},
    {"1M", WRONG},
    {"-1", WRONG},
    {"1TiB", WRONG},
    {"17179869184GiB", WRONG},
    {"18446744073709551616", WRONG},
};

static void test_durations(void **state)
{
    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
        uint64_t got = WRONG;
        const char *wrong = units_duration(text_of(durations[i].text), &got);
        if (got != durations[i].want || (wrong == NULL) != (got != WRONG))
            fail_msg("%s: got %llu", durations[i].text, (unsigned long long)got);
    }
}

static void test_sizes(void **state)
{
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint64_t got = WRONG;
        const char *wrong = units_size(text_of(sizes[i].text), &got);
        if (got != sizes[i].want || (wrong == NULL) != (got != WRONG))
            fail_msg("%s: got %llu", sizes[i].text, (unsigned long long)got);
    }
}

static void test_a_number_without_unit_is_told_the_units(void **state)
{
    uint64_t ms;

    assert_string_equal(units_duration(TEXT("30"), &ms), "a duration needs a unit: ms, s, m or h");
}

static void test_printed_in_the_biggest_whole_unit(void **state)
{
    char out[UNITS_SIZE];

    units_print_duration(90000, out);
    assert_string_equal(out, "90s");
    units_print_duration(1500, out);
    assert_string_equal(out, "1500ms");
    units_print_size(4 << 20, out);
    assert_string_equal(out, "4MiB");
    units_print_size(1000, out);
    assert_string_equal(out, "1000B");
}

static void test_near_names(void **state)
{
    static const char *const names[] = {"listen", "workers", "tls", "services"};
    static const struct {
        const char *wrong, *want;
    } cases[] = {
        {"lisen", "listen"},
        {"listens", "listen"},
        {"service", "services"},
        {"wrokers", "workers"},
        {"tsl", "tls"},
        {"ssl", "tls"},
        {"sevrice", "services"},
        {"colour", NULL},
        {"x", NULL},
        {"", NULL},
        {"a-name-that-is-far-too-long-for-anything", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = suggest_name(text_of(cases[i].wrong), names, 4);
        if (!text_equal(text_of(got), text_of(cases[i].want)))
            fail_msg("%s: got %s", cases[i].wrong, got == NULL ? "none" : got);
    }
}

static const struct {
    const char *text, *want; /* NULL: wrong */
} variables[] = {
    {"", ""},
    {"plain $ and {}", "plain $ and {}"},
    {"${BFF_ONE}", "1"},
    {"a${BFF_ONE}b${BFF_ONE}", "a1b1"},
    {"${BFF_EMPTY}", ""},
    {"${BFF_NESTED}", "${BFF_ONE}"},
    {"$${BFF_ONE}", "${BFF_ONE}"},
    {"$$", "$$"},
    {"${BFF_NOT_SET}", NULL},
    {"${BFF_ONE", NULL},
    {"${", NULL},
    {"${}", NULL},
    {"${1}", NULL},
    {"${BFF ONE}", NULL},
    {"${BFF_NOT_SET:-a}", "a"},
    {"${BFF_EMPTY:-a b}c", "a bc"},
    {"${BFF_ONE:-a}", "1"},
    {"${BFF_NOT_SET:-}", ""},
    {"${BFF_NOT_SET:-http://a:1/b-c}", "http://a:1/b-c"},
    {"${BFF_NOT_SET:--}", "-"},
    {"${BFF_NOT_SET:-:-}", ":-"},
    {"${BFF_NOT_SET:-${BFF_ONE}}}", "1}"},
    {"${BFF_NOT_SET:-${BFF_EMPTY:-b}}", "b"},
    {"${BFF_NOT_SET:-$${x}}", "${x}"},
    {"${BFF_NOT_SET:-${BFF_NESTED}}", "${BFF_ONE}"},
    {"$${BFF_NOT_SET:-a}", "${BFF_NOT_SET:-a}"},
    {"${BFF_NOT_SET:-${BFF_NOT_SET}}", NULL},
    {"${BFF_NOT_SET:-a", NULL},
    {"${BFF_NOT_SET:-${BFF_ONE}", NULL},
    {"${BFF_NOT_SET-a}", NULL},
    {"${BFF_NOT_SET:=a}", NULL},
    {"${BFF_NOT_SET:?a}", NULL},
    {"${:-a}", NULL},
    {"${BFF NOT:-a}", NULL},
    {"${A1:-${A2:-${A3:-${A4:-${A5:-${A6:-${A7:-${A8:-deep}}}}}}}}", "deep"},
    {"${A1:-${A2:-${A3:-${A4:-${A5:-${A6:-${A7:-${A8:-${A9:-deeper}}}}}}}}}", NULL},
};

static void test_variables(void **state)
{
    setenv("BFF_ONE", "1", 1);
    setenv("BFF_EMPTY", "", 1);
    setenv("BFF_NESTED", "${BFF_ONE}", 1);
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        struct names names = {.count = 0};
        char wrong[EXPAND_WRONG_SIZE] = "",
             *got = expand(text_of(variables[i].text), &names, wrong);
        if (!text_equal(text_of(got), text_of(variables[i].want)) ||
            (got == NULL) != (variables[i].want == NULL))
            fail_msg("%s: got %s %s", variables[i].text, got == NULL ? "nothing" : got, wrong);
        memory_free(got);
    }
}

static void test_values_that_are_left_out(void **state)
{
    unsetenv("BFF_NOT_SET");
    assert_true(expand_is_left_empty(TEXT("${BFF_NOT_SET:-}")));
    assert_true(expand_is_left_empty(TEXT("${BFF_NOT_SET:-${BFF_EMPTY}}")));
    assert_false(expand_is_left_empty(TEXT("${BFF_ONE:-}")));
    assert_false(expand_is_left_empty(TEXT("${BFF_NOT_SET:-}x")));
    assert_false(expand_is_left_empty(TEXT("${BFF_EMPTY}")));
    assert_false(expand_is_left_empty(TEXT("")));
    assert_true(expand_is_unset(TEXT("${BFF_EMPTY}")));
    assert_false(expand_is_unset(TEXT("${BFF_NOT_SET:-a}")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_a_number_without_unit_is_told_the_units),
        cmocka_unit_test(test_printed_in_the_biggest_whole_unit),
        cmocka_unit_test(test_near_names),
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_values_that_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
