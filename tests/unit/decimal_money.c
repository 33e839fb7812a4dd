/* Tests of decimals: exact differences, and toFixed(1) as in JavaScript (node made the table of
 * expected values). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/base/decimal.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct pool *pool;

static void expect_text(const char *why, struct text got, const char *want)
{
    if (!text_is(got, want))
        fail_msg("%s: %.*s, expected %s", why, TEXT_ARGS(got), want);
}

static void test_read(void **state)
{
    static const struct {
        const char *text, *digits;
        int32_t scale;
        bool is_negative;
    } cases[] = {
        {"0", "0", 0, false},           {"-0", "0", 0, true},
        {"19.90", "1990", 2, false},    {"0.05", "005", 2, false},
        {"1.5e2", "150", 0, false},     {"1.5e1", "15", 0, false},
        {"1e-2", "1", 2, false},        {"-12.5E-3", "125", 4, true},
        {"1e+3", "1000", 0, false},     {"12345678901234567890", "12345678901234567890", 0, false},
        {"1.50e0001", "150", 1, false}, {"0e400", NULL, 0, false},
        {"1e-400", "1", 400, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct decimal got;
        assert_int_equal(decimal_read(pool, text_of(cases[i].text), &got), 0);
        if (cases[i].digits != NULL)
            expect_text(cases[i].text, got.digits, cases[i].digits);
        assert_int_equal(got.scale, cases[i].scale);
        assert_int_equal(got.is_negative, cases[i].is_negative);
    }
}

static void test_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "-",
        "+1",
        "01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "1e401",
        "1e-401",
        "1e99999999999999999999",
        "abc",
        "1a",
        "1 ",
        " 1",
        "1.5.2",
        "1e2.5",
        "\"1\"",
        "NaN",
        "0x10",
        "--1",
        "null",
    };
    struct decimal out;

    for (size_t i = 0; i < COUNT(cases); i++) {
        if (decimal_read(pool, text_of(cases[i]), &out) != -1)
            fail_msg("%s was read", cases[i]);
    }
    assert_int_equal(decimal_read(pool, (struct text){0}, &out), -1);
}

static void test_most_digits(void **state)
{
    char digits[1002];
    struct decimal out;

    memset(digits, '7', sizeof(digits));
    assert_int_equal(decimal_read(pool, (struct text){digits, 1000}, &out), 0);
    assert_int_equal(decimal_read(pool, (struct text){digits, 1001}, &out), -1);
    digits[1] = '.';
    assert_int_equal(decimal_read(pool, (struct text){digits, 1001}, &out), 0);
    assert_int_equal(decimal_read(pool, (struct text){digits, 1002}, &out), -1);
}

static const struct {
    const char *a, *b, *difference;
    int order;
} pairs[] = {
    {"19.99", "14.99", "5.00", 1},
    {"14.99", "19.99", "-5.00", -1},
    {"10", "8", "2", 1},
    {"10", "8.50", "1.50", 1},
    {"10.00", "10", "0.00", 0},
    {"-0", "0", "0", 0},
    {"0", "-0.00", "0.00", 0},
    {"9.99", "10", "-0.01", -1},
    {"0.1", "0.3", "-0.2", -1},
    {"1e2", "0.5", "99.5", 1},
    {"1.5e2", "150", "0", 0},
    {"1e-2", "1", "-0.99", -1},
    {"-5", "3.2", "-8.2", -1},
    {"5", "-5", "10", 1},
    {"-1", "-3", "2", 1},
    {"-3", "-1", "-2", -1},
    {"999", "-1", "1000", 1},
    {"0", "0.010", "-0.010", -1},
    {"0.001", "0.0009", "0.0001", 1},
    {"1000000000000000000000.01", "0.02", "999999999999999999999.99", 1},
    {"100", "99.999", "0.001", 1},
    {"1e-3", "1e-5", "0.00099", 1},
};

static void test_subtract(void **state)
{
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct decimal a, b;
        assert_int_equal(decimal_read(pool, text_of(pairs[i].a), &a), 0);
        assert_int_equal(decimal_read(pool, text_of(pairs[i].b), &b), 0);
        expect_text(pairs[i].a, decimal_subtract(pool, a, b), pairs[i].difference);
    }
}

static int sign(int value) { return (value > 0) - (value < 0); }

static void test_compare(void **state)
{
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct decimal a, b;
        assert_int_equal(decimal_read(pool, text_of(pairs[i].a), &a), 0);
        assert_int_equal(decimal_read(pool, text_of(pairs[i].b), &b), 0);
        assert_int_equal(sign(decimal_compare(a, b)), pairs[i].order);
        assert_int_equal(sign(decimal_compare(b, a)), -pairs[i].order);
    }
}

static void test_widest(void **state)
{
    struct decimal a, b;
    struct text difference;

    assert_int_equal(decimal_read(pool, TEXT("1e400"), &a), 0);
    assert_int_equal(decimal_read(pool, TEXT("-1e-400"), &b), 0);
    difference = decimal_subtract(pool, a, b);
    assert_int_equal(difference.len, 401 + 1 + 400);
    assert_int_equal(difference.at[0], '1');
    assert_int_equal(difference.at[401], '.');
    assert_int_equal(difference.at[difference.len - 1], '1');
    assert_true(decimal_compare(a, b) > 0);
}

static const struct {
    double value;
    const char *want;
} fixed[] = {
    {0.0, "0.0"},
    {-0.0, "0.0"},
    {0.04, "0.0"},
    {-0.04, "-0.0"},
    {-0.05, "-0.1"},
    {0.05, "0.1"},
    {0.15, "0.1"},
    {0.25, "0.3"},
    {0.35, "0.3"},
    {0.45, "0.5"},
    {0.5, "0.5"},
    {0.75, "0.8"},
    {0.95, "0.9"},
    {0.949999999, "0.9"},
    {1.0, "1.0"},
    {1.005, "1.0"},
    {1.25, "1.3"},
    {-1.25, "-1.3"},
    {1.35, "1.4"},
    {1.75, "1.8"},
    {2.25, "2.3"},
    {2.45, "2.5"},
    {2.5, "2.5"},
    {3.75, "3.8"},
    {4.25, "4.3"},
    {4.449999999, "4.4"},
    {4.45, "4.5"},
    {4.5, "4.5"},
    {4.95, "5.0"},
    {4.999, "5.0"},
    {9.95, "9.9"},
    {9.95, "9.9"},
    {10.25, "10.3"},
    {99.95, "100.0"},
    {1234567.25, "1234567.3"},
    {123456789012.75, "123456789012.8"},
    {4503599627370496.0, "4503599627370496.0"},
    {4503599627370495.5, "4503599627370495.5"},
    {2251799813685247.8, "2251799813685247.8"},
    {9007199254740992.0, "9007199254740992.0"},
    {100000000000000000000.0, "100000000000000000000.0"},
    {999999999999999900000.0, "999999999999999868928.0"},
    {1e+21, "1e+21"},
    {1e+21, "1e+21"},
    {-1e+21, "-1e+21"},
    {1.5e+300, "1.5e+300"},
    {1.7976931348623157e+308, "1.7976931348623157e+308"},
    {-1.2345678901234566e+25, "-1.2345678901234566e+25"},
    {5e-324, "0.0"},
    {1e-7, "0.0"},
    {0.1, "0.1"},
    {0.3333333333333333, "0.3"},
    {0.6666666666666666, "0.7"},
    {INFINITY, "Infinity"},
    {-INFINITY, "-Infinity"},
    {NAN, "NaN"},
};

static void test_to_fixed_1(void **state)
{
    for (size_t i = 0; i < COUNT(fixed); i++)
        expect_text("toFixed(1)", decimal_to_fixed_1(pool, fixed[i].value), fixed[i].want);
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
        cmocka_unit_test(test_read),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_most_digits), cmocka_unit_test(test_subtract),
        cmocka_unit_test(test_compare),     cmocka_unit_test(test_widest),
        cmocka_unit_test(test_to_fixed_1),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
