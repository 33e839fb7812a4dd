/* See cache_age.h. */
#include "bff/base/clock.h"
#include "bff/base/http_date.h"
#include "bff/cache/cache_age.h"
#include "bff/cache/cache_control.h"

int64_t cache_age_floor_s(int64_t ns) { return ns / CLOCK_S - (ns % CLOCK_S < 0 ? 1 : 0); }

int64_t cache_age_s(const struct cache_entry *entry, int64_t now_ns)
{
    return now_ns <= entry->born_ns ? 0 : (now_ns - entry->born_ns) / CLOCK_S;
}

int64_t cache_age_left_s(const struct cache_entry *entry, int64_t now_ns)
{
    return cache_age_floor_s(entry->fresh_ns - now_ns);
}

int64_t cache_age_read_s(struct text value)
{
    int64_t seconds = 0;

    cache_control_seconds(text_trim(text_cut(&value, ',')), &seconds);
    return seconds;
}

/* Returns by how much the time of day at the arrival is after the response's Date, in seconds. */
static int64_t apparent_s(const struct cache_age_times *times)
{
    int64_t now_s = times->wall_ms / 1000, date_s;

    if (http_date_read(times->date, now_s, &date_s) < 0 || date_s >= now_s)
        return 0;
    return now_s - date_s < CACHE_CONTROL_MOST ? now_s - date_s : CACHE_CONTROL_MOST;
}

int64_t cache_age_born_ns(const struct cache_age_times *times)
{
    int64_t delay_ns = times->now_ns > times->asked_ns ? times->now_ns - times->asked_ns : 0;
    int64_t corrected_ns = cache_age_read_s(times->age) * CLOCK_S + delay_ns;
    int64_t apparent_ns = apparent_s(times) * CLOCK_S;

    return times->now_ns - (apparent_ns > corrected_ns ? apparent_ns : corrected_ns);
}
