/* Limits how often the process logs an event that every request could cause. */
#ifndef BFF_BASE_LOG_PACE_H
#define BFF_BASE_LOG_PACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define LOG_PACE_S 60

/* One for each event, in static memory. */
struct log_pace {
    _Atomic int64_t last_ns; /* when the event was logged last; 0: never */
};

/* Returns true when the caller is to log the event now: at most once in LOG_PACE_S. Any thread may
 * call this function. */
bool log_pace_is_due(struct log_pace *pace);

#endif
