/* Tests of a line of the log: it is valid JSON for any input bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/log_line.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define REPLACED "\xef\xbf\xbd"

static void expect(const char *why, struct log_line *line, const char *want)
{
    if (!text_is(text_builder_text(&line->text), want))
        fail_msg("%s: %.*s instead of %s", why, (int)line->text.len, line->text.at, want);
    line->text.len = 0;
}

static void test_strings(void **state)
{
    const struct {
        const char *why;
        struct text in;
        const char *want;
    } cases[] = {
        {"a path", TEXT("/api/products/a%20b"), "\"/api/products/a%20b\""},
        {"nothing", TEXT(""), "\"\""},
        {"absent", {0}, "null"},
        {"what ends a string", TEXT("a\"b\\c"), "\"a\\\"b\\\\c\""},
        {"what ends a line", TEXT("a\r\nb"), "\"a\\u000d\\u000ab\""},
        {"NUL", {"a\0b", 3}, "\"a\\u0000b\""},
        {"the first and the last control", TEXT("\x01\x1f \x7e\x7f"),
         "\"\\u0001\\u001f ~\\u007f\""},
        {"an escape for the terminal", TEXT("\x1b[31m"), "\"\\u001b[31m\""},
        {"the same as one character", TEXT("\xc2\x9b"), "\"\\u009b\""},
        {"the first behind those", TEXT("\xc2\xa0"), "\"\xc2\xa0\""},
        {"well-formed", TEXT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
         "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"a byte alone", TEXT("a\xffz"), "\"a" REPLACED "z\""},
        {"cut short at the end", TEXT("\xe2\x82"), "\"" REPLACED REPLACED "\""},
        {"cut short before more", TEXT("\xe2\x82z"), "\"" REPLACED REPLACED "z\""},
        {"overlong", TEXT("\xc0\xaf"), "\"" REPLACED REPLACED "\""},
        {"a surrogate", TEXT("\xed\xa0\x80"), "\"" REPLACED REPLACED REPLACED "\""},
        {"a continuation first", TEXT("\x80\xc3\xa9"), "\"" REPLACED "\xc3\xa9\""},
    };
    struct log_line line = {0};

    for (size_t i = 0; i < COUNT(cases); i++) {
        log_line_string(&line, cases[i].in);
        expect(cases[i].why, &line, cases[i].want);
    }
    log_line_free(&line);
}

static void test_numbers(void **state)
{
    static const struct {
        int64_t number;
        const char *want;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {-10, "-10"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    struct log_line line = {0};

    for (size_t i = 0; i < COUNT(cases); i++) {
        log_line_number(&line, cases[i].number);
        expect("a number", &line, cases[i].want);
    }
    log_line_free(&line);
}

static void test_milliseconds(void **state)
{
    static const struct {
        int64_t ns;
        unsigned decimals;
        const char *want;
    } cases[] = {
        {0, 3, "0.000"},           {499, 3, "0.000"},    {500, 3, "0.001"},
        {1234567, 3, "1.235"},     {999999, 3, "1.000"}, {60000000000, 3, "60000.000"},
        {1000349999, 1, "1000.3"}, {50000, 1, "0.1"},    {1005000, 2, "1.01"},
    };
    struct log_line line = {0};

    for (size_t i = 0; i < COUNT(cases); i++) {
        log_line_ms(&line, cases[i].ns, cases[i].decimals);
        expect("milliseconds", &line, cases[i].want);
    }
    log_line_free(&line);
}

static void test_times_within_a_second_and_beyond(void **state)
{
    static const struct {
        int64_t wall_ms;
        const char *want;
    } cases[] = {
        {0, "\"1970-01-01T00:00:00.000Z\""},
        {1769903999000, "\"2026-01-31T23:59:59.000Z\""},
        {1769903999999, "\"2026-01-31T23:59:59.999Z\""},
        {1769904000000, "\"2026-02-01T00:00:00.000Z\""},
        {1769903999042, "\"2026-01-31T23:59:59.042Z\""},
    };
    struct log_line line = {0};

    for (size_t i = 0; i < COUNT(cases); i++) {
        log_line_time(&line, cases[i].wall_ms);
        expect("a time", &line, cases[i].want);
    }
    log_line_free(&line);
}

static void test_a_line_grows(void **state)
{
    static char bytes[100000];
    struct log_line line = {0};

    log_line_raw(&line, TEXT("x"));
    log_line_string(&line, (struct text){bytes, sizeof(bytes)});
    assert_int_equal(line.text.len, 1 + 1 + 6 * sizeof(bytes) + 1);
    assert_memory_equal(line.text.at, "x\"\\u0000\\u0000", 14);
    assert_memory_equal(line.text.at + line.text.len - 7, "\\u0000\"", 7);
    log_line_free(&line);
    assert_null(line.text.at);
}

/* Eight bytes are looked at together: each byte of ASCII at each place. */
static void test_each_byte_at_each_place(void **state)
{
    struct log_line line = {0};

    for (int c = 0; c < 0x80; c++) {
        for (size_t at = 0; at < 20; at++) {
            char text[20], want[64], one[7] = {(char)c};
            memset(text, 'a', sizeof(text));
            text[at] = (char)c;
            if (c == '"' || c == '\\')
                snprintf(one, sizeof(one), "\\%c", c);
            else if (c < 0x20 || c == 0x7f)
                snprintf(one, sizeof(one), "\\u%04x", c);
            snprintf(want, sizeof(want), "\"%.*s%s%.*s\"", (int)at, "aaaaaaaaaaaaaaaaaaa", one,
                     (int)(sizeof(text) - at - 1), "aaaaaaaaaaaaaaaaaaa");
            log_line_string(&line, (struct text){text, sizeof(text)});
            expect("each byte at each place", &line, want);
        }
    }
    log_line_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_milliseconds),
        cmocka_unit_test(test_times_within_a_second_and_beyond),
        cmocka_unit_test(test_a_line_grows),
        cmocka_unit_test(test_each_byte_at_each_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
