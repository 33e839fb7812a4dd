/* The age of a response, and the times of an entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/cache/cache_age.h"
#include "bff/cache/cache_policy.h"
#include "tests/unit/cache_message.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define WALL_S INT64_C(784111777)
#define MOST_S (INT64_C(1) << 31)

static void test_the_age_field(void **state)
{
    static const struct {
        const char *value;
        int64_t want;
    } cases[] = {
        {"0", 0},
        {"7", 7},
        {" 7 ", 7},
        {"7, 8", 7},
        {"7,", 7},
        {",7", 0},
        {"", 0},
        {"a", 0},
        {"-7", 0},
        {"+7", 0},
        {"7.5", 0},
        {"7 8", 0},
        {"\"7\"", 0},
        {"007", 7},
        {"2147483647", 2147483647},
        {"2147483648", MOST_S},
        {"2147483649", MOST_S},
        {"99999999999999999999", MOST_S},
    };

    assert_int_equal(cache_age_read_s((struct text){0}), 0);
    for (size_t i = 0; i < COUNT(cases); i++)
        if (cache_age_read_s(text_of(cases[i].value)) != cases[i].want)
            fail_msg("%s", cases[i].value);
}

/* delay_ms: how long the call took; age_ms: the age at the arrival */
static const struct {
    const char *why, *age, *date;
    int64_t delay_ms, age_ms;
} ages[] = {
    {"nothing", NULL, NULL, 0, 0},
    {"only the time of the call", NULL, NULL, 250, 250},
    {"Age and the time of the call", "7", NULL, 250, 7250},
    {"a Date of now", NULL, "{now}", 0, 0},
    {"a Date in the past", NULL, "{now-10}", 0, 10000},
    {"the time of the call does not count for Date", NULL, "{now-10}", 250, 10000},
    {"Age is more than the time since Date", "20", "{now-10}", 250, 20250},
    {"Age is less", "5", "{now-10}", 250, 10000},
    {"a Date in the future", "5", "{now+10}", 0, 5000},
    {"a Date in the format of RFC 850", NULL, "{rfc850 now-10}", 0, 10000},
    {"a Date in the format of asctime", NULL, "{asctime now-10}", 0, 10000},
    {"a Date that is not valid", "5", "x", 0, 5000},
    {"the year 0", NULL, "Sat, 01 Jan 0000 00:00:00 GMT", 0, MOST_S * 1000},
};

static void test_the_age_at_the_arrival(void **state)
{
    for (size_t i = 0; i < COUNT(ages); i++) {
        struct pool *pool = pool_new();
        struct cache_age_times times = {
            .asked_ns = 5 * CLOCK_S,
            .now_ns = 5 * CLOCK_S + ages[i].delay_ms * CLOCK_MS,
            .wall_ms = WALL_S * 1000 + 999,
            .age = text_of(ages[i].age),
            .date = cache_message_dates(pool, text_of(ages[i].date), WALL_S),
        };
        int64_t age_ns = times.now_ns - cache_age_born_ns(&times);
        if (age_ns != ages[i].age_ms * CLOCK_MS)
            fail_msg("%s: %jd ns", ages[i].why, (intmax_t)age_ns);
        pool_free(pool);
    }
}

static void test_whole_seconds(void **state)
{
    const struct cache_entry entry = {.born_ns = 5 * CLOCK_S, .fresh_ns = 15 * CLOCK_S};

    assert_int_equal(cache_age_s(&entry, 4 * CLOCK_S), 0);
    assert_int_equal(cache_age_s(&entry, 5 * CLOCK_S + 999 * CLOCK_MS), 0);
    assert_int_equal(cache_age_s(&entry, 6 * CLOCK_S), 1);
    assert_int_equal(cache_age_left_s(&entry, 5 * CLOCK_S), 10);
    assert_int_equal(cache_age_left_s(&entry, 5 * CLOCK_S + 1), 9);
    assert_int_equal(cache_age_left_s(&entry, 15 * CLOCK_S), 0);
    assert_int_equal(cache_age_left_s(&entry, 15 * CLOCK_S + 1), -1);
    assert_int_equal(cache_age_left_s(&entry, 16 * CLOCK_S), -1);
    assert_int_equal(cache_age_left_s(&entry, 16 * CLOCK_S + 1), -2);
}

/* Numbers of seconds after the request was sent; the response came a second later. */
static const struct {
    const char *why, *response;
    int64_t born, fresh, stale, failed;
    bool must_revalidate;
} times[] = {
    {"the rule's ttl counts from the request", "200", 0, 100, 120, 130, false},
    {"and its Age counts", "200 | age: 10", -10, 90, 110, 120, false},
    {"but not its Date", "200 | date: {now-50}", -49, 100, 120, 130, false},
    {"max-age", "200 | cache-control: max-age=40", 0, 40, 60, 70, false},
    {"max-age counts from Date", "200 | cache-control: max-age=40 | date: {now-50}", -49, -9, 11,
     21, false},
    {"its own times", "200 | cache-control: max-age=40, stale-while-revalidate=1, stale-if-error=2",
     0, 40, 41, 42, false},
    {"must-revalidate", "200 | cache-control: must-revalidate", 0, 100, 100, 100, true},
    {"no-cache", "200 | cache-control: no-cache, max-age=40", 0, 0, 0, 0, true},
    {"s-maxage", "200 | cache-control: s-maxage=40", 0, 40, 40, 40, true},
    {"s-maxage with its own time", "200 | cache-control: s-maxage=40, stale-if-error=2", 0, 40, 40,
     42, false},
    {"the largest numbers",
     "200 | age: 9999999999 | cache-control: max-age=9999999999, stale-while-revalidate=9999999999",
     -MOST_S, 0, MOST_S, 30, false},
};

static void test_the_times_of_an_entry(void **state)
{
    const struct cache_rule rule = {.is_on = true,
                                    .ttl_ms = 100000,
                                    .stale_while_revalidate_ms = 20000,
                                    .stale_if_error_ms = 30000};
    const int64_t asked_ns = 1000 * CLOCK_S;

    for (size_t i = 0; i < COUNT(times); i++) {
        struct pool *pool = pool_new();
        struct cache_message message = cache_message_read(pool, text_of(times[i].response), WALL_S);
        struct cache_entry entry = {.fields = message.fields, .field_count = message.count};

        cache_policy_set_times(&rule, &entry, asked_ns, asked_ns + CLOCK_S, WALL_S * 1000);
        if (entry.asked_ns != asked_ns || entry.born_ns != asked_ns + times[i].born * CLOCK_S ||
            entry.fresh_ns != asked_ns + times[i].fresh * CLOCK_S ||
            entry.stale_ns != asked_ns + times[i].stale * CLOCK_S ||
            entry.failed_ns != asked_ns + times[i].failed * CLOCK_S ||
            entry.must_revalidate != times[i].must_revalidate)
            fail_msg("%s: born %jd, fresh %jd, stale %jd, failed %jd", times[i].why,
                     (intmax_t)((entry.born_ns - asked_ns) / CLOCK_S),
                     (intmax_t)((entry.fresh_ns - asked_ns) / CLOCK_S),
                     (intmax_t)((entry.stale_ns - asked_ns) / CLOCK_S),
                     (intmax_t)((entry.failed_ns - asked_ns) / CLOCK_S));
        pool_free(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_age_field),
        cmocka_unit_test(test_the_age_at_the_arrival),
        cmocka_unit_test(test_whole_seconds),
        cmocka_unit_test(test_the_times_of_an_entry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
