/* See clock.h. */
#include <stdio.h>
#include <time.h>

#include "bff/base/clock.h"

int64_t clock_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * CLOCK_MS + now.tv_nsec;
}

int64_t clock_wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / CLOCK_MS;
}

static char *put_digits(char *out, unsigned value, unsigned digits)
{
    for (unsigned i = digits; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + digits;
}

/* Does not use strftime. For a small response, strftime would take longer than all other work on
 * its body. */
void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);

    out = put_digits(out, (unsigned)utc.tm_year + 1900, 4);
    *out++ = '-';
    out = put_digits(out, (unsigned)utc.tm_mon + 1, 2);
    *out++ = '-';
    out = put_digits(out, (unsigned)utc.tm_mday, 2);
    *out++ = 'T';
    out = put_digits(out, (unsigned)utc.tm_hour, 2);
    *out++ = ':';
    out = put_digits(out, (unsigned)utc.tm_min, 2);
    *out++ = ':';
    out = put_digits(out, (unsigned)utc.tm_sec, 2);
    *out++ = '.';
    out = put_digits(out, (unsigned)(wall_ms % 1000), 3);
    *out++ = 'Z';
    *out = '\0';
}
