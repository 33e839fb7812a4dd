/* The dates of HTTP. Every valid date is compared with timegm of the C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "bff/base/http_date.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NOW_S INT64_C(1790000000)     /* 2026-09-21 */
#define FIRST_S INT64_C(-62167219200) /* 0000-01-01 */
#define LAST_S INT64_C(253402300799)  /* 9999-12-31 23:59:59 */
#define STEP_S (86400 * 3 + 7919)

#define NONE INT64_MIN

static const struct {
    const char *why, *date;
    int64_t want;
} cases[] = {
    {"IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
    {"RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
    {"asctime", "Sun Nov  6 08:49:37 1994", 784111777},
    {"asctime, a day of two digits", "Wed Nov 16 08:49:37 1994", 784975777},
    {"capital letters", "SUN, 06 NOV 1994 08:49:37 gmt", 784111777},
    {"the wrong name of the day", "Mon, 06 Nov 1994 08:49:37 GMT", 784111777},
    {"a leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
    {"a leap day", "Sat, 29 Feb 2020 00:00:00 GMT", 1582934400},
    {"a leap day of a century", "Tue, 29 Feb 2000 00:00:00 GMT", 951782400},
    {"before 1970", "Wed, 31 Dec 1969 23:59:59 GMT", -1},
    {"two digits: 50 years after now", "Sunday, 06-Nov-76 08:49:37 GMT", 3371878177},
    {"two digits: more than 50 years after now", "Sunday, 06-Nov-77 08:49:37 GMT", 247654177},
    {"two digits: this year", "Friday, 06-Nov-26 08:49:37 GMT", 1793954977},
    {"nothing", "", NONE},
    {"a zero", "0", NONE},
    {"a minus one", "-1", NONE},
    {"another zone", "Sun, 06 Nov 1994 08:49:37 UTC", NONE},
    {"a shift", "Sun, 06 Nov 1994 08:49:37 +0000", NONE},
    {"no zone", "Sun, 06 Nov 1994 08:49:37", NONE},
    {"asctime with a zone", "Sun Nov  6 08:49:37 1994 GMT", NONE},
    {"something follows", "Sun, 06 Nov 1994 08:49:37 GMT;", NONE},
    {"a blank follows", "Sun, 06 Nov 1994 08:49:37 GMT ", NONE},
    {"a blank before it", " Sun, 06 Nov 1994 08:49:37 GMT", NONE},
    {"two blanks", "Sun, 06  Nov 1994 08:49:37 GMT", NONE},
    {"no comma", "Sun 06 Nov 1994 08:49:37 GMT", NONE},
    {"a day of one digit", "Sun, 6 Nov 1994 08:49:37 GMT", NONE},
    {"a year of two digits", "Sun, 06 Nov 94 08:49:37 GMT", NONE},
    {"a year of four digits in RFC 850", "Sunday, 06-Nov-1994 08:49:37 GMT", NONE},
    {"a short day in RFC 850", "Sun, 06-Nov-94 08:49:37 GMT", NONE},
    {"a long day in IMF-fixdate", "Sunday, 06 Nov 1994 08:49:37 GMT", NONE},
    {"no such day of the week", "Xyz, 06 Nov 1994 08:49:37 GMT", NONE},
    {"no such month", "Sun, 06 Non 1994 08:49:37 GMT", NONE},
    {"a number for the month", "Sun, 06 11 1994 08:49:37 GMT", NONE},
    {"day 0", "Sun, 00 Nov 1994 08:49:37 GMT", NONE},
    {"day 31 of 30", "Thu, 31 Nov 1994 08:49:37 GMT", NONE},
    {"no leap year", "Fri, 29 Feb 2019 00:00:00 GMT", NONE},
    {"no leap year, a century", "Mon, 29 Feb 2100 00:00:00 GMT", NONE},
    {"hour 24", "Sun, 06 Nov 1994 24:00:00 GMT", NONE},
    {"minute 60", "Sun, 06 Nov 1994 08:60:37 GMT", NONE},
    {"second 61", "Sun, 06 Nov 1994 08:49:61 GMT", NONE},
    {"an hour of one digit", "Sun, 06 Nov 1994 8:49:37 GMT", NONE},
    {"no seconds", "Sun, 06 Nov 1994 08:49 GMT", NONE},
    {"ISO 8601", "1994-11-06T08:49:37Z", NONE},
};

static void test_written_dates(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t got = NONE;
        int result = http_date_read(text_of(cases[i].date), NOW_S, &got);
        if (got != cases[i].want || result != (cases[i].want == NONE ? -1 : 0))
            fail_msg("%s: %s is %jd", cases[i].why, cases[i].date, (intmax_t)got);
    }
}

static void check(const char *format, const struct tm *tm, int64_t want)
{
    char date[64];
    struct text text = {date, strftime(date, sizeof(date), format, tm)};
    int64_t got = NONE;

    if (http_date_read(text, NOW_S, &got) != 0 || got != want)
        fail_msg("%s is %jd, not %jd", date, (intmax_t)got, (intmax_t)want);
}

static void test_all_years(void **state)
{
    for (int64_t at_s = FIRST_S; at_s <= LAST_S; at_s += STEP_S) {
        time_t time = (time_t)at_s;
        struct tm tm;
        char date[64];
        int64_t got = NONE;
        struct text text = {date, 0};

        gmtime_r(&time, &tm); /* %Y has no leading zeros */
        text.len = strftime(date, sizeof(date), "%a, %d %b ", &tm);
        text.len +=
            (size_t)snprintf(date + text.len, sizeof(date) - text.len, "%04d %02d:%02d:%02d GMT",
                             tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
        if (http_date_read(text, NOW_S, &got) != 0 || got != at_s)
            fail_msg("%s is %jd, not %jd", date, (intmax_t)got, (intmax_t)at_s);
    }
}

static void test_all_formats(void **state)
{
    for (int64_t at_s = 300000000; at_s <= 3300000000; at_s += STEP_S) {
        time_t time = (time_t)at_s;
        struct tm tm;

        gmtime_r(&time, &tm);
        check("%a, %d %b %Y %H:%M:%S GMT", &tm, at_s);
        check("%A, %d-%b-%y %H:%M:%S GMT", &tm, at_s);
        check("%a %b %e %H:%M:%S %Y", &tm, at_s);
    }
}

/* A year of two digits, at the first and the last second of each year. */
static void test_two_digits_at_the_turn_of_a_year(void **state)
{
    for (int year = 1970; year < 2400; year++)
        for (int digits = 0; digits < 100; digits++) {
            struct tm first = {.tm_year = year - 1900, .tm_mday = 1}, tm;
            int64_t got = 0, start_s = timegm(&first);
            char date[64];
            snprintf(date, sizeof(date), "Sunday, 06-Nov-%02d 08:49:37 GMT", digits);
            for (int before = 0; before < 2; before++) {
                int most = year - before + 50;
                assert_int_equal(http_date_read(text_of(date), start_s - before, &got), 0);
                time_t time = (time_t)got;
                gmtime_r(&time, &tm);
                assert_int_equal(tm.tm_year + 1900, most - (most - digits) % 100);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_dates),
        cmocka_unit_test(test_all_years),
        cmocka_unit_test(test_all_formats),
        cmocka_unit_test(test_two_digits_at_the_turn_of_a_year),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
