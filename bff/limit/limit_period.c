/* See limit_period.h. The script of limit_redis_script.c computes the same numbers. */
#include "bff/limit/limit_period.h"
#include "bff/limit/limit_rule.h"

#define DAY_MS INT64_C(86400000)

static const int64_t lengths_ms[] = {
    [LIMIT_MINUTE] = 60000,
    [LIMIT_HOUR] = 3600000,
    [LIMIT_DAY] = DAY_MS,
    [LIMIT_WEEK] = 7 * DAY_MS,
};

/* How much of a period of this kind was over when 1970 began: it was a Thursday. */
static const int64_t over_ms[] = {[LIMIT_WEEK] = 3 * DAY_MS};

/* The leap days in the years before ${year}. */
static int64_t leap_days(int64_t year)
{
    int64_t past = year - 1;

    return past / 4 - past / 100 + past / 400;
}

/* Returns the first day of the month with the number ${month}, in days since 1970. */
static int64_t first_day(int64_t month)
{
    static const int sums[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t year = 1970 + month / 12, of_year = month % 12;
    int64_t leaps = leap_days(of_year > 1 ? year + 1 : year) - leap_days(1970);

    return (year - 1970) * 365 + leaps + sums[of_year];
}

/* 400 years have 4800 months and 146097 days. The estimate differs by 1 at most. */
static int64_t month_of(int64_t day)
{
    int64_t month = day * 4800 / 146097;

    if (first_day(month) > day)
        return month - 1;
    return first_day(month + 1) > day ? month : month + 1;
}

static struct limit_period month_at(int64_t wall_ms)
{
    int64_t month = month_of(wall_ms / DAY_MS), end = first_day(month + 1);

    return (struct limit_period){
        .number = month,
        .length_ms = (end - first_day(month)) * DAY_MS,
        .left_ms = end * DAY_MS - wall_ms,
    };
}

struct limit_period limit_period_of(size_t kind, int64_t wall_ms)
{
    if (kind == LIMIT_MONTH)
        return month_at(wall_ms);
    int64_t length_ms = lengths_ms[kind];
    int64_t at = wall_ms + over_ms[kind];
    return (struct limit_period){
        .number = at / length_ms,
        .length_ms = length_ms,
        .left_ms = length_ms - at % length_ms,
    };
}
