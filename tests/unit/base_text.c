/* Tests of texts: cutting, numbers and UTF-8; of percent-encoding, and of quality values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/base/percent.h"
#include "bff/base/quality.h"
#include "bff/base/text.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void test_cut(void **state)
{
    struct text rest = TEXT("a,,b");

    assert_true(text_is(text_cut(&rest, ','), "a"));
    assert_true(text_is(text_cut(&rest, ','), ""));
    assert_true(text_is(text_cut(&rest, ','), "b"));
    assert_null(rest.at);
    assert_null(text_cut(&rest, ',').at);
}

static void test_number(void **state)
{
    static const struct {
        const char *text;
        uint64_t most;
        int want;
        uint64_t value;
    } cases[] = {
        {"0", 0, 0, 0},
        {"007", 7, 0, 7},
        {"255", 255, 0, 255},
        {"256", 255, -1, 0},
        {"5", 3, -1, 0},
        {"18446744073709551615", UINT64_MAX, 0, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, -1, 0},
        {"99999999999999999999999", UINT64_MAX, -1, 0},
        {"", 9, -1, 0},
        {"-1", 9, -1, 0},
        {"+1", 9, -1, 0},
        {" 1", 9, -1, 0},
        {"1x", 9, -1, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t value = 0;
        int got = text_number(text_of(cases[i].text), cases[i].most, &value);
        if (got != cases[i].want || value != cases[i].value)
            fail_msg("\"%s\" gives %d, %llu", cases[i].text, got, (unsigned long long)value);
    }
}

static void test_beginnings_without_case(void **state)
{
    assert_true(text_starts_nocase(TEXT("HtTp://a"), TEXT("http://")));
    assert_true(text_starts_nocase(TEXT("a"), TEXT("")));
    assert_false(text_starts_nocase(TEXT("http:/"), TEXT("http://")));
    assert_true(text_is(text_after(TEXT("http://a"), 7), "a"));
}

/* Weights of Accept and Accept-Encoding, in thousandths. */
static void test_quality(void **state)
{
    static const struct {
        const char *text;
        int want;
    } cases[] = {
        {"1", 1000},   {"1.", 1000}, {"1.000", 1000}, {"0", 0},    {"0.", 0},      {"0.5", 500},
        {"0.25", 250}, {"0.001", 1}, {"1.001", -1},   {"1.5", -1}, {"0.0001", -1}, {"2", -1},
        {"", -1},      {".5", -1},   {"0,5", -1},     {"-1", -1},  {"0.x", -1},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (quality_read(text_of(cases[i].text)) != cases[i].want)
            fail_msg("\"%s\" gives %d", cases[i].text, quality_read(text_of(cases[i].text)));
}

/* Names and values of queries and forms. */
static void test_form(void **state)
{
    struct pool *pool = pool_new();
    struct text out;

    assert_int_equal(percent_decode_form(pool, TEXT("a+b%2Bc%20d"), &out), 0);
    assert_true(text_is(out, "a b+c d"));
    assert_int_equal(percent_decode_form(pool, TEXT("plain"), &out), 0);
    assert_true(text_is(out, "plain"));
    assert_int_equal(percent_decode_form(pool, TEXT("a+%4"), &out), -1);
    pool_free(pool);
}

static void test_utf8(void **state)
{
    static const struct {
        const char *why, *text;
        bool want;
    } cases[] = {
        {"empty", "", true},
        {"ASCII", "a\x7f", true},
        {"two, three and four bytes", "\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80", true},
        {"the last of all", "\xf4\x8f\xbf\xbf", true},
        {"just below the surrogates", "\xed\x9f\xbf", true},
        {"a surrogate", "\xed\xa0\x80", false},
        {"beyond the last", "\xf4\x90\x80\x80", false},
        {"overlong in two", "\xc0\xaf", false},
        {"overlong in three", "\xe0\x9f\xbf", false},
        {"overlong in four", "\xf0\x8f\xbf\xbf", false},
        {"a lone continuation", "\x80", false},
        {"cut short", "\xe2\x82", false},
        {"continued by a letter", "\xe2\x82x", false},
        {"no such lead", "\xff", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        /* an exact copy, so that a read beyond the end is found */
        size_t len = strlen(cases[i].text);
        char *copy = malloc(len + 1);
        assert_non_null(copy);
        memcpy(copy, cases[i].text, len);
        if (text_is_utf8((struct text){copy, len}) != cases[i].want)
            fail_msg("%s", cases[i].why);
        free(copy);
    }
}

static void test_percent(void **state)
{
    static const struct {
        const char *text, *want; /* NULL: cannot be decoded */
    } cases[] = {
        {"", ""},       {"abc", "abc"}, {"a%20b", "a b"}, {"%2F%2f", "//"}, {"%25%34", "%4"},
        {"a+b", "a+b"}, {"%", NULL},    {"%4", NULL},     {"%4g", NULL},    {"%g4", NULL},
    };
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text got;
        int failed = percent_decode(pool, text_of(cases[i].text), &got);
        if (failed != (cases[i].want == NULL ? -1 : 0) ||
            (failed == 0 && !text_is(got, cases[i].want)))
            fail_msg("%s", cases[i].text);
    }
    pool_free(pool);
}

static void test_encode_and_back(void **state)
{
    char all[256], encoded[PERCENT_ENCODED_MAX(256)];
    struct pool *pool = pool_new();
    struct text decoded;

    for (size_t i = 0; i < 256; i++)
        all[i] = (char)i;
    size_t len = percent_encode(encoded, (struct text){all, 256});
    for (size_t i = 0; i < len; i++)
        assert_non_null(memchr(
            "%-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", encoded[i], 67));
    assert_int_equal(percent_decode(pool, (struct text){encoded, len}, &decoded), 0);
    assert_true(text_equal(decoded, (struct text){all, 256}));
    pool_free(pool);
}

static void test_lower(void **state)
{
    char out[8];

    assert_true(text_is(text_lower(out, TEXT("aZ@[A-\xc4_")), "az@[a-\xc4_"));
    assert_int_equal(text_lower(out, TEXT("")).len, 0);
}

static void test_hex(void **state)
{
    static const unsigned char bytes[] = {0x00, 0x9a, 0xff};
    char out[2 * sizeof(bytes) + 1] = {0};

    text_hex(out, bytes, sizeof(bytes));
    assert_string_equal(out, "009aff");
}

static void test_lists(void **state)
{
    assert_true(text_list_has(TEXT("a, b\t,c"), TEXT("b")));
    assert_true(text_list_has(TEXT("a"), TEXT("a")));
    assert_false(text_list_has(TEXT("a, b"), TEXT("B")));
    assert_true(text_list_has_nocase(TEXT("a, b"), TEXT("B")));
    assert_false(text_list_has_nocase(TEXT("ab, a b"), TEXT("b")));
    assert_false(text_list_has((struct text){0}, TEXT("")));
    assert_false(text_list_has_nocase((struct text){0}, TEXT("a")));
}

static void test_iso_time(void **state)
{
    char out[CLOCK_ISO_SIZE];

    clock_iso(0, out);
    assert_string_equal(out, "1970-01-01T00:00:00.000Z");
    clock_iso(1709210096789, out);
    assert_string_equal(out, "2024-02-29T12:34:56.789Z");
}

static void test_visible(void **state)
{
    assert_true(text_is_visible(TEXT("")));
    assert_true(text_is_visible(TEXT("!az~")));
    for (size_t i = 0; i <= ' '; i++)
        assert_false(text_is_visible((struct text){(const char[]){'a', (char)i}, 2}));
    assert_false(text_is_visible(TEXT("a\177")));
    assert_false(text_is_visible(TEXT("\303\274")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_beginnings_without_case),
        cmocka_unit_test(test_quality),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_percent),
        cmocka_unit_test(test_iso_time),
        cmocka_unit_test(test_encode_and_back),
        cmocka_unit_test(test_lower),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_visible),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
