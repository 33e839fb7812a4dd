/* Compares http_date_read with strptime and timegm of the C library. */
#ifndef TESTS_FUZZ_CACHE_HEADERS_DATE_H
#define TESTS_FUZZ_CACHE_HEADERS_DATE_H

#include <strings.h>
#include <time.h>

#include "bff/base/check.h"
#include "bff/base/http_date.h"
#include "bff/base/pool.h"

#define CACHE_HEADERS_DATE_BYTES 64

/* For each format, the text after the name of the day, which need not be the right one. */
static const char *const cache_headers_date_formats[] = {
    "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"};

/* True when the day of ${tm} exists and is written with a year of four digits. strptime also knows
 * other years, and two leap seconds at once. */
static inline bool cache_headers_date_exists(struct tm tm)
{
    struct tm whole = tm;

    whole.tm_sec = 0;
    timegm(&whole);
    return whole.tm_mday == tm.tm_mday && whole.tm_mon == tm.tm_mon && tm.tm_year >= 1000 - 1900 &&
           tm.tm_sec <= 60;
}

/* Reads ${date} by ${format}. Returns true when the C library writes it in the same way, so that it
 * has exactly this format. */
static inline bool cache_headers_date_is(const char *date, const char *format, struct tm *tm)
{
    char written[CACHE_HEADERS_DATE_BYTES];
    const char *end;

    *tm = (struct tm){0};
    end = strptime(date, format, tm);
    if (end == NULL || *end != '\0')
        return false;
    return strftime(written, sizeof(written), format, tm) > 0 && strcasecmp(written, date) == 0 &&
           cache_headers_date_exists(*tm);
}

/* A year of two digits may be in another century than that of strptime. */
static inline bool cache_headers_date_agrees(int64_t read_s, struct tm tm, bool has_century)
{
    for (int shift = has_century ? 0 : -100; shift <= (has_century ? 0 : 100); shift += 100) {
        struct tm other = tm;
        other.tm_year += shift;
        if (timegm(&other) == read_s)
            return true;
    }
    return false;
}

static inline void cache_headers_date_check(struct pool *pool, struct text date, int64_t now_s)
{
    const char *text = pool_text(pool, date).at;
    int64_t read_s = INT64_MIN;
    bool is_date = http_date_read(date, now_s, &read_s) == 0;

    must(is_date == (read_s != INT64_MIN));
    for (size_t i = 0; i < 3; i++) {
        struct tm tm;
        if (strlen(text) != date.len ||
            !cache_headers_date_is(text, cache_headers_date_formats[i], &tm))
            continue;
        must(is_date && cache_headers_date_agrees(read_s, tm, i != 1));
        return;
    }
}

#endif
