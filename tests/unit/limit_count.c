/* Tests of the algorithms of rate limits: scripts of requests with their times, and the verdicts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "bff/limit/limit_calendar.h"
#include "bff/limit/limit_fixed.h"
#include "bff/limit/limit_leaky.h"
#include "bff/limit/limit_period.h"
#include "bff/limit/limit_sliding.h"
#include "bff/limit/limit_tokens.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define BEGIN_MS INT64_C(1000000) /* a multiple of all windows */

/* A request, and what is expected of its verdict. Times in ms; ${at} since the script began. */
struct step {
    const char *why;
    int64_t at;
    uint32_t cost; /* 0: 1 */
    bool is_refused;
    uint32_t remaining, reset, retry, delay;
};

typedef uint64_t (*algorithm)(const struct limit_rule *rule, uint64_t state,
                              const struct limit_now *now, uint32_t cost,
                              struct limit_verdict *out);

static void expect(const struct step *step, const struct limit_verdict *got)
{
    if (got->is_refused != step->is_refused || got->remaining != step->remaining ||
        got->reset_ms != step->reset || got->delay_ms != step->delay ||
        (got->is_refused && got->retry_after_ms != step->retry))
        fail_msg("%s: refused %d, remaining %u, reset %u, retry %u, delay %u", step->why,
                 got->is_refused, got->remaining, got->reset_ms, got->retry_after_ms,
                 got->delay_ms);
}

static void run(algorithm count, const struct limit_rule *rule, const struct step *steps,
                size_t number)
{
    uint64_t state = 0;
    struct limit_verdict verdict;

    for (size_t i = 0; i < number; i++) {
        struct limit_now now = {.ns = (BEGIN_MS + steps[i].at) * CLOCK_MS};
        state = count(rule, state, &now, steps[i].cost == 0 ? 1 : steps[i].cost, &verdict);
        assert_int_equal(state >> 63, 0);
        expect(&steps[i], &verdict);
    }
}

#define RUN(count, rule, steps) run(count, rule, steps, COUNT(steps))

static void a_fixed_window_begins_with_the_first_request_and_counts_refusals(void **state)
{
    static const struct limit_rule rule = {.window_ms = 1000, .max = 2};
    static const struct step steps[] = {
        {"the first", 300, .remaining = 1, .reset = 1000},
        {"the second", 400, .remaining = 0, .reset = 900},
        {"the third", 500, .is_refused = true, .reset = 800, .retry = 800},
        {"just before the end", 1299, .is_refused = true, .reset = 1, .retry = 1},
        {"a new window", 1300, .remaining = 1, .reset = 1000},
        {"cost 2 of 1", 1400, .cost = 2, .is_refused = true, .reset = 900, .retry = 900},
        {"it was counted", 1400, .is_refused = true, .reset = 900, .retry = 900},
        {"long after", 90000000, .remaining = 1, .reset = 1000},
    };

    RUN(limit_fixed_count, &rule, steps);
}

static void a_fixed_window_counts_no_further_than_it_can(void **state)
{
    static const struct limit_rule rule = {.window_ms = 1000, .max = LIMIT_MAX_MOST};
    struct limit_now now = {.ns = BEGIN_MS * CLOCK_MS};
    struct limit_verdict verdict;
    uint64_t key = limit_fixed_count(&rule, 0, &now, LIMIT_MAX_MOST, &verdict);

    assert_false(verdict.is_refused);
    for (int i = 0; i < 3; i++) {
        key = limit_fixed_count(&rule, key, &now, UINT32_MAX, &verdict);
        assert_true(verdict.is_refused);
    }
    assert_int_equal(limit_state_since(key, BEGIN_MS), 0);
}

static void a_sliding_window_weighs_the_window_before(void **state)
{
    static const struct limit_rule rule = {.window_ms = 1000, .max = 4};
    static const struct step steps[] = {
        {"1 of 4", 900, .remaining = 3, .reset = 1100},
        {"3 more", 950, .cost = 3, .remaining = 0, .reset = 1050},
        {"over it", 999, .is_refused = true, .reset = 1001, .retry = 251},
        {"3.2 of the 4 are left", 1200, .is_refused = true, .reset = 800, .retry = 50},
        {"exactly 3 are left", 1250, .remaining = 0, .reset = 1750},
        {"now 4 again", 1250, .is_refused = true, .reset = 1750, .retry = 250},
        {"2 and 1", 1500, .remaining = 0, .reset = 1500},
        {"two windows later", 3000, .remaining = 3, .reset = 2000},
        {"never allowed", 3000, .cost = 5, .is_refused = true, .remaining = 3, .reset = 2000,
         .retry = 1000},
    };

    RUN(limit_sliding_count, &rule, steps);
}

/* In each second of an attack, max requests are allowed. A fixed window that counts refusals would
 * allow them, too, but one that begins anew with each refusal would allow none. */
static void a_sliding_window_locks_nobody_out(void **state)
{
    static const struct limit_rule rule = {.window_ms = 1000, .max = 10};
    struct limit_verdict verdict;
    uint64_t key = 0;
    unsigned allowed = 0;

    for (int64_t ms = 0; ms < 10000; ms += 2) {
        struct limit_now now = {.ns = (BEGIN_MS + ms) * CLOCK_MS};
        key = limit_sliding_count(&rule, key, &now, 1, &verdict);
        allowed += !verdict.is_refused;
    }
    assert_in_range(allowed, 85, 105);
}

static void the_time_of_a_retry_is_when_a_sliding_window_allows_it(void **state)
{
    static const struct limit_rule rule = {.window_ms = 977, .max = 7};
    struct limit_verdict verdict;
    uint64_t key = 0;
    int64_t ms = 0;

    for (int i = 0; i < 2000; i++) {
        struct limit_now now = {.ns = (BEGIN_MS + ms) * CLOCK_MS};
        key = limit_sliding_count(&rule, key, &now, 1, &verdict);
        if (!verdict.is_refused) {
            ms += i % 13;
            continue;
        }
        int64_t at = BEGIN_MS + ms + verdict.retry_after_ms;
        limit_sliding_count(&rule, key, &(struct limit_now){.ns = (at - 1) * CLOCK_MS}, 1,
                            &verdict);
        assert_true(verdict.is_refused);
        limit_sliding_count(&rule, key, &(struct limit_now){.ns = at * CLOCK_MS}, 1, &verdict);
        assert_false(verdict.is_refused);
        ms = at - BEGIN_MS;
    }
}

static void a_leaky_bucket_is_nginx_s(void **state)
{
    static const struct limit_rule rule = {.rate = 10000, .burst = 2, .delay = LIMIT_NO_DELAY};
    static const struct step steps[] = {
        {"the first leaves nothing", 0, .remaining = 2, .reset = 0},
        {"1 excess", 0, .remaining = 1, .reset = 100},
        {"2 excess", 0, .remaining = 0, .reset = 200},
        {"3 are too many", 0, .is_refused = true, .reset = 200, .retry = 100},
        {"2.5 are too many", 50, .is_refused = true, .reset = 150, .retry = 50},
        {"2.01 are too many", 99, .is_refused = true, .reset = 101, .retry = 1},
        {"2 are not", 100, .remaining = 0, .reset = 200},
        {"empty again", 5000, .remaining = 2, .reset = 0},
        {"cost 3", 5000, .cost = 3, .is_refused = true, .reset = 0, .retry = 100},
        {"cost 2", 5000, .cost = 2, .remaining = 0, .reset = 200},
    };

    RUN(limit_leaky_count, &rule, steps);
}

static void a_leaky_bucket_delays_what_is_over_the_rate(void **state)
{
    static const struct limit_rule rule = {.rate = 10000, .burst = 3, .delay = 0};
    static const struct step steps[] = {
        {"the first", 0, .remaining = 3},
        {"the second", 10, .remaining = 2, .reset = 90, .delay = 90},
        {"the third", 10, .remaining = 1, .reset = 190, .delay = 190},
        {"the fourth", 10, .remaining = 0, .reset = 290, .delay = 290},
        {"too many", 10, .is_refused = true, .reset = 290, .retry = 90},
    };

    RUN(limit_leaky_count, &rule, steps);
}

static void a_leaky_bucket_of_two_stages_delays_the_second_one(void **state)
{
    static const struct limit_rule rule = {.rate = 3333, .burst = 3, .delay = 1};
    static const struct step steps[] = {
        {"the first", 0, .remaining = 3},
        {"1 excess is free", 0, .remaining = 2, .reset = 301},
        {"the second waits; nginx rounds down", 0, .remaining = 1, .reset = 601, .delay = 300},
        {"the third", 1, .remaining = 0, .reset = 900, .delay = 599},
        {"too many", 1, .is_refused = true, .reset = 900, .retry = 300},
    };

    RUN(limit_leaky_count, &rule, steps);
}

static void a_leaky_bucket_of_a_low_rate_can_be_left_for_years(void **state)
{
    static const struct limit_rule rule = {
        .rate = UINT32_MAX, .burst = LIMIT_BURST_MOST, .delay = LIMIT_NO_DELAY};
    static const struct step steps[] = {
        {"the first", 0, .remaining = LIMIT_BURST_MOST},
        {"all", 0, .cost = LIMIT_BURST_MOST, .reset = 24},
        {"a year later", INT64_C(31536000000), .remaining = LIMIT_BURST_MOST},
    };

    RUN(limit_leaky_count, &rule, steps);
}

static void tokens_come_back_with_the_rate(void **state)
{
    static const struct limit_rule rule = {.rate = 100000, .burst = 3};
    static const struct step steps[] = {
        {"2 of 3", 0, .cost = 2, .remaining = 1, .reset = 20},
        {"3 of 3", 0, .remaining = 0, .reset = 30},
        {"none is left", 0, .is_refused = true, .reset = 30, .retry = 10},
        {"none has come", 9, .is_refused = true, .reset = 21, .retry = 1},
        {"one has come", 10, .remaining = 0, .reset = 30},
        {"two have come", 30, .remaining = 1, .reset = 20},
        {"not more than 3", 10000, .cost = 4, .is_refused = true, .remaining = 3, .retry = 10},
        {"they are still there", 10000, .cost = 3, .reset = 30},
    };

    RUN(limit_tokens_count, &rule, steps);
}

/* 30 a minute are half a token in a second: a bucket that counted thousandths for each millisecond
 * would get nothing from requests that come each millisecond. */
/* The state survives a new configuration, and instances may have different ones. */
static void what_a_looser_rule_has_counted_leaves_nothing_of_a_tighter_one(void **state)
{
    static const struct {
        algorithm count;
        struct limit_rule loose, tight;
    } rows[] = {
        {limit_fixed_count, {.window_ms = 1000, .max = 9}, {.window_ms = 1000, .max = 2}},
        {limit_sliding_count, {.window_ms = 1000, .max = 9}, {.window_ms = 1000, .max = 2}},
        {limit_tokens_count, {.rate = 1000, .burst = 9}, {.rate = 1000, .burst = 2}},
        {limit_leaky_count,
         {.rate = 1000, .burst = 9, .delay = LIMIT_BURST_MOST},
         {.rate = 1000, .burst = 2, .delay = LIMIT_BURST_MOST}},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct limit_now now = {.ns = BEGIN_MS * CLOCK_MS};
        struct limit_verdict verdict;
        uint64_t key = rows[i].count(&rows[i].loose, 0, &now, 9, &verdict);
        assert_false(verdict.is_refused);
        rows[i].count(&rows[i].tight, key, &now, 1, &verdict);
        assert_true(verdict.is_refused);
        assert_int_equal(verdict.remaining, 0);
    }
}

static void tokens_are_not_lost_by_rounding(void **state)
{
    static const struct limit_rule rule = {.rate = 500, .burst = 1};
    struct limit_verdict verdict;
    uint64_t key = 0;
    unsigned allowed = 0;

    for (int64_t ms = 0; ms < 60000; ms++) {
        struct limit_now now = {.ns = (BEGIN_MS + ms) * CLOCK_MS};
        key = limit_tokens_count(&rule, key, &now, 1, &verdict);
        allowed += !verdict.is_refused;
    }
    assert_int_equal(allowed, 30);
}

static void a_calendar_counts_by_the_clock_of_utc(void **state)
{
    static const struct limit_rule rule = {.periods = {2, 0, 5}};
    struct limit_now now = {.wall_ms = INT64_C(1767225599000)}; /* 2025-12-31T23:59:59Z */
    struct limit_verdict verdict;
    uint64_t minute = 0, day;

    for (int i = 0; i < 3; i++)
        minute = limit_calendar_count(&rule, 0, minute, &now, 1, &verdict);
    expect(&(struct step){"the third", .is_refused = true, .reset = 1000, .retry = 1000}, &verdict);
    day = limit_calendar_count(&rule, 2, 0, &now, 3, &verdict);
    expect(&(struct step){"3 of the day", .remaining = 2, .reset = 1000}, &verdict);
    assert_int_equal(verdict.window_s, 86400);
    day = limit_calendar_take_back(2, day, &now, 2);
    now.wall_ms += 1000;
    limit_calendar_count(&rule, 2, day, &now, 1, &verdict);
    expect(&(struct step){"a new day", .remaining = 4, .reset = 86400000}, &verdict);
    limit_calendar_count(&rule, 0, minute, &now, 1, &verdict);
    expect(&(struct step){"a new minute", .remaining = 1, .reset = 60000}, &verdict);
}

/* Times in seconds; the texts are those of date -u -d @SECONDS. */
static void weeks_and_months_are_those_of_the_calendar(void **state)
{
    static const struct {
        const char *why;
        enum limit_period_kind kind;
        int64_t at_s, number, days, left_s;
    } cases[] = {
        {"Thursday, 1970-01-01", LIMIT_WEEK, 0, 0, 7, 4 * 86400},
        {"Sunday, 2023-11-12T23:59:59", LIMIT_WEEK, 1699833599, 2810, 7, 1},
        {"Monday, 2023-11-13", LIMIT_WEEK, 1699833600, 2811, 7, 7 * 86400},
        {"a week over the new year, Sunday 2024-12-29", LIMIT_WEEK, 1735516799, 2869, 7, 1},
        {"Monday, 2024-12-30", LIMIT_WEEK, 1735516800, 2870, 7, 7 * 86400},
        {"1970-01-01", LIMIT_MONTH, 0, 0, 31, 31 * 86400},
        {"2023-02-28T23:59:59", LIMIT_MONTH, 1677628799, 637, 28, 1},
        {"2023-03-01", LIMIT_MONTH, 1677628800, 638, 31, 31 * 86400},
        {"2024-02-28T23:59:59, a leap year", LIMIT_MONTH, 1709164799, 649, 29, 86401},
        {"2024-02-29", LIMIT_MONTH, 1709164800, 649, 29, 86400},
        {"2024-03-01", LIMIT_MONTH, 1709251200, 650, 31, 31 * 86400},
        {"2000-02-29, a leap year, too", LIMIT_MONTH, 951782400, 361, 29, 86400},
        {"2100-02-28T23:59:59, no leap year", LIMIT_MONTH, 4107542399, 1561, 28, 1},
        {"2100-03-01", LIMIT_MONTH, 4107542400, 1562, 31, 31 * 86400},
        {"2025-12-31T23:59:59", LIMIT_MONTH, 1767225599, 671, 31, 1},
        {"2026-01-01", LIMIT_MONTH, 1767225600, 672, 31, 31 * 86400},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct limit_period got = limit_period_of(cases[i].kind, cases[i].at_s * 1000);
        if (got.number != cases[i].number || got.length_ms != cases[i].days * 86400000 ||
            got.left_ms != cases[i].left_s * 1000)
            fail_msg("%s: %jd, %jd ms, %jd ms left", cases[i].why, (intmax_t)got.number,
                     (intmax_t)got.length_ms, (intmax_t)got.left_ms);
    }
}

/* Every day of 430 years: so all kinds of years and the places where the estimate is wrong. */
static void months_are_those_of_the_c_library(void **state)
{
    for (int64_t day = 0; day < INT64_C(430) * 366; day++) {
        time_t at = day * 86400 + 86399;
        struct tm tm;
        gmtime_r(&at, &tm);
        struct limit_period month = limit_period_of(LIMIT_MONTH, at * 1000 + 999);
        assert_int_equal(month.number, (tm.tm_year - 70) * 12 + tm.tm_mon);
        assert_int_equal(month.length_ms - month.left_ms, tm.tm_mday * INT64_C(86400000) - 1);
        struct limit_period week = limit_period_of(LIMIT_WEEK, at * 1000 + 999);
        assert_int_equal(week.left_ms, (7 - tm.tm_wday) % 7 * INT64_C(86400000) + 1);
    }
}

static void a_quota_of_a_month_is_new_in_the_next_month(void **state)
{
    static const struct limit_rule rule = {.periods = {[LIMIT_MONTH] = 3}};
    struct limit_now now = {.wall_ms = INT64_C(1709164800000)}; /* 2024-02-29 */
    struct limit_verdict verdict;
    uint64_t month = limit_calendar_count(&rule, LIMIT_MONTH, 0, &now, 3, &verdict);

    assert_int_equal(verdict.window_s, 29 * 86400);
    month = limit_calendar_count(&rule, LIMIT_MONTH, month, &now, 1, &verdict);
    expect(&(struct step){"over it", .is_refused = true, .reset = 86400000, .retry = 86400000},
           &verdict);
    now.wall_ms += 86400000;
    limit_calendar_count(&rule, LIMIT_MONTH, month, &now, 1, &verdict);
    expect(&(struct step){"March", .remaining = 2, .reset = 31U * 86400000}, &verdict);
}

static void a_calendar_shows_the_tighter_period(void **state)
{
    static const struct limit_verdict many = {.remaining = 9}, few = {.remaining = 1},
                                      none = {.is_refused = true, .remaining = 2};

    assert_ptr_equal(limit_calendar_tighter(&many, &few), &few);
    assert_ptr_equal(limit_calendar_tighter(&few, &many), &few);
    assert_ptr_equal(limit_calendar_tighter(&few, &none), &none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_window_begins_with_the_first_request_and_counts_refusals),
        cmocka_unit_test(a_fixed_window_counts_no_further_than_it_can),
        cmocka_unit_test(a_sliding_window_weighs_the_window_before),
        cmocka_unit_test(a_sliding_window_locks_nobody_out),
        cmocka_unit_test(the_time_of_a_retry_is_when_a_sliding_window_allows_it),
        cmocka_unit_test(a_leaky_bucket_is_nginx_s),
        cmocka_unit_test(a_leaky_bucket_delays_what_is_over_the_rate),
        cmocka_unit_test(a_leaky_bucket_of_two_stages_delays_the_second_one),
        cmocka_unit_test(a_leaky_bucket_of_a_low_rate_can_be_left_for_years),
        cmocka_unit_test(tokens_come_back_with_the_rate),
        cmocka_unit_test(what_a_looser_rule_has_counted_leaves_nothing_of_a_tighter_one),
        cmocka_unit_test(tokens_are_not_lost_by_rounding),
        cmocka_unit_test(a_calendar_counts_by_the_clock_of_utc),
        cmocka_unit_test(weeks_and_months_are_those_of_the_calendar),
        cmocka_unit_test(months_are_those_of_the_c_library),
        cmocka_unit_test(a_quota_of_a_month_is_new_in_the_next_month),
        cmocka_unit_test(a_calendar_shows_the_tighter_period),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
