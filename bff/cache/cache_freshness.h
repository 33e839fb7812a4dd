/* How long a response is fresh, by its own fields (RFC 9111 section 4.2.1). */
#ifndef BFF_CACHE_CACHE_FRESHNESS_H
#define BFF_CACHE_CACHE_FRESHNESS_H

#include <stddef.h>
#include <stdint.h>

#include "bff/cache/cache_control.h"
#include "bff/upstream/exchange.h"

#define CACHE_FRESHNESS_UNKNOWN (-1) /* the response does not say it */

/*
 * Returns the seconds for which a response with ${fields} is fresh, counted from its birth
 * (cache_age.h): by s-maxage, else by max-age, else by Expires minus Date; at most 2^31.
 * ${control} is from the same fields. ${wall_s} is the time of day when the response came; it
 * counts as the Date of a response without one. An Expires field that is not valid means 0.
 */
int64_t cache_freshness_s(const struct cache_control *control, const struct exchange_field *fields,
                          size_t count, int64_t wall_s);

#endif
