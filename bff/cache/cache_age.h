/* The age of a response, and what remains of its freshness (RFC 9111 section 4.2.3, 5.1). */
#ifndef BFF_CACHE_CACHE_AGE_H
#define BFF_CACHE_CACHE_AGE_H

#include <stdint.h>

#include "bff/base/text.h"
#include "bff/cache/cache_entry.h"

/* Returns ${ns} in seconds, rounded down: an answer that became stale less than a second ago has
 * been stale for one second. */
int64_t cache_age_floor_s(int64_t ns);

/* Returns the seconds for the Age field of an answer from ${entry}. */
int64_t cache_age_s(const struct cache_entry *entry, int64_t now_ns);

/* Returns the seconds for which ${entry} is still fresh, rounded down; negative: it is stale. */
int64_t cache_age_left_s(const struct cache_entry *entry, int64_t now_ns);

/* Reads the value of an Age field. Of a list, the first member counts. Returns 0 when it is absent
 * or no number: such a field is ignored. At most 2^31. */
int64_t cache_age_read_s(struct text value);

/* When a response came, and what it says about its age. */
struct cache_age_times {
    int64_t asked_ns, now_ns; /* when it was asked for, and when it came */
    int64_t wall_ms;          /* the time of day at ${now_ns} */
    struct text age, date;    /* its fields; absent: none */
};

/* Returns when the response was made at its origin, as a time of clock_now_ns: its age is then
 * now - born. It never is later than ${now_ns}. A Date that is absent or not valid counts as the
 * time when the response came. */
int64_t cache_age_born_ns(const struct cache_age_times *times);

#endif
