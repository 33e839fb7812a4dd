/*
 * What a stored answer is good for when a part asks for it. A part's call has no directives for a
 * cache, so only the answer's own fields and times count.
 *
 * Instead of an answer, a slot may have a mark "unstored" (cache_mark.h): the service forbids to
 * store the answer. Then nobody waits for a flight, because its answer is of no use for others.
 */
#ifndef BFF_CACHE_CACHE_STORED_H
#define BFF_CACHE_CACHE_STORED_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/cache/cache_entry.h"

enum cache_stored {
    CACHE_STORED_NOTHING, /* the service must be asked */
    CACHE_STORED_FRESH,
    CACHE_STORED_STALE,   /* it may be used, while a new one is fetched */
    CACHE_STORED_PRIVATE, /* the mark */
};

/* NULL: CACHE_STORED_NOTHING. */
enum cache_stored cache_stored_state(const struct cache_entry *entry, int64_t now_ns);

/* True when ${entry} may be used because the service has failed. */
bool cache_stored_may_fail_over(const struct cache_entry *entry, int64_t now_ns);

#endif
