/*
 * The periods of the calendar in which requests are counted. All of them begin and end in UTC:
 * at a full minute, a full hour, a midnight, the midnight before Monday (ISO 8601), or the midnight
 * before the first day of a month.
 */
#ifndef BFF_LIMIT_LIMIT_PERIOD_H
#define BFF_LIMIT_LIMIT_PERIOD_H

#include <stddef.h>
#include <stdint.h>

/*
 *   number     counts the periods of this kind since 1970. The first week is the one of 1970-01-01,
 *              which began on 1969-12-29
 *   length_ms  of this period: months differ
 *   left_ms    from the time of the question to the end of the period; at least 1
 */
struct limit_period {
    int64_t number;
    int64_t length_ms;
    int64_t left_ms;
};

/* Returns the period with the index ${kind} (enum limit_period_kind) that has the time ${wall_ms},
 * in milliseconds since 1970, which is not negative. Takes no lock, as gmtime_r would. */
struct limit_period limit_period_of(size_t kind, int64_t wall_ms);

#endif
