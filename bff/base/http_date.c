/* See http_date.h. */
#include <stdbool.h>

#include "bff/base/http_date.h"

#define DAY_S INT64_C(86400)
#define YEAR_S INT64_C(31556952) /* of the Gregorian calendar, on average */

/*
 * The formats. A letter stands for a part of the date, any other character for itself:
 *
 *   w  the name of the day, three letters     m  the name of the month
 *   W  its long name                          y  two digits of the year
 *   d  the day of the month, two digits       Y  four digits of the year
 *   e  the same, with a blank for a zero      t  the time, hh:mm:ss
 */
static const char *const formats[] = {"w, d m Y t GMT", "W, d-m-y t GMT", "w m e t Y"};

static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", NULL};
static const char *const long_days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday",    NULL};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                                     "Aug", "Sep", "Oct", "Nov", "Dec", NULL};

struct date {
    struct text rest; /* not read yet */
    int64_t now_s;
    int year, month, day; /* month: from 0 */
    int hour, minute, second;
};

static bool read_literal(struct date *date, const char *literal)
{
    struct text want = text_of(literal);

    if (date->rest.len < want.len ||
        !text_equal_nocase((struct text){date->rest.at, want.len}, want))
        return false;
    date->rest.at += want.len;
    date->rest.len -= want.len;
    return true;
}

/* Reads one of ${names}; ${*index} gets its place in the list. */
static bool read_name(struct date *date, const char *const *names, int *index)
{
    for (int i = 0; names[i] != NULL; i++)
        if (read_literal(date, names[i])) {
            *index = i;
            return true;
        }
    return false;
}

static bool read_digits(struct date *date, size_t count, int *number)
{
    uint64_t read;

    if (date->rest.len < count ||
        text_number((struct text){date->rest.at, count}, UINT16_MAX, &read) < 0)
        return false;
    date->rest.at += count;
    date->rest.len -= count;
    *number = (int)read;
    return true;
}

static bool read_day(struct date *date)
{
    return read_literal(date, " ") ? read_digits(date, 1, &date->day)
                                   : read_digits(date, 2, &date->day);
}

static bool read_time(struct date *date)
{
    return read_digits(date, 2, &date->hour) && read_literal(date, ":") &&
           read_digits(date, 2, &date->minute) && read_literal(date, ":") &&
           read_digits(date, 2, &date->second);
}

/* Returns the days from 1970-01-01 to the first of March of ${year}. A year that begins in March
 * ends with the leap day. */
static int64_t days_to_march(int64_t year)
{
    year += 400; /* so that no division is of a negative number */
    return year * 365 + year / 4 - year / 100 + year / 400 - 719468 - 146097;
}

static int64_t year_of(int64_t seconds)
{
    int64_t year = 1970 + seconds / YEAR_S;

    /* The average may be a day wrong at the turn of a year. January and February belong to the year
     * before in days_to_march, and begin 306 days after its March. */
    while ((days_to_march(year - 1) + 306) * DAY_S > seconds)
        year--;
    while ((days_to_march(year) + 306) * DAY_S <= seconds)
        year++;
    return year;
}

/* A year of two digits is in the century of now + 50 years, or in the one before it. */
static bool read_short_year(struct date *date)
{
    int most = (int)year_of(date->now_s) + 50;

    if (!read_digits(date, 2, &date->year))
        return false;
    date->year += most / 100 * 100;
    if (date->year > most)
        date->year -= 100;
    return true;
}

static bool read_part(struct date *date, char part)
{
    int unused;

    switch (part) {
    case 'w':
        return read_name(date, days, &unused);
    case 'W':
        return read_name(date, long_days, &unused);
    case 'd':
        return read_digits(date, 2, &date->day);
    case 'e':
        return read_day(date);
    case 'm':
        return read_name(date, months, &date->month);
    case 'y':
        return read_short_year(date);
    case 'Y':
        return read_digits(date, 4, &date->year);
    case 't':
        return read_time(date);
    default:
        return read_literal(date, (const char[]){part, '\0'});
    }
}

static int month_days(const struct date *date)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = date->year % 4 == 0 && (date->year % 100 != 0 || date->year % 400 == 0);

    return lengths[date->month] + (date->month == 1 && is_leap ? 1 : 0);
}

/* A leap second is allowed. */
static bool exists(const struct date *date)
{
    return date->day >= 1 && date->day <= month_days(date) && date->hour <= 23 &&
           date->minute <= 59 && date->second <= 60;
}

static int64_t seconds_of(const struct date *date)
{
    static const int days_from_march[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
    int64_t day = days_to_march(date->year - (date->month < 2 ? 1 : 0)) +
                  days_from_march[date->month] + date->day - 1;

    return ((day * 24 + date->hour) * 60 + date->minute) * 60 + date->second;
}

static bool read_format(struct date *date, const char *format)
{
    for (; *format != '\0'; format++)
        if (!read_part(date, *format))
            return false;
    return date->rest.len == 0;
}

int http_date_read(struct text text, int64_t now_s, int64_t *seconds)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct date date = {.rest = text, .now_s = now_s};
        if (read_format(&date, formats[i]) && exists(&date)) {
            *seconds = seconds_of(&date);
            return 0;
        }
    }
    return -1;
}
