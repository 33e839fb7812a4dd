/*
 * The dates of HTTP (RFC 9110 section 5.6.7), in all three formats that a recipient must read:
 *
 *   Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate
 *   Sunday, 06-Nov-94 08:49:37 GMT    RFC 850
 *   Sun Nov  6 08:49:37 1994          asctime
 */
#ifndef BFF_BASE_HTTP_DATE_H
#define BFF_BASE_HTTP_DATE_H

#include <stdint.h>

#include "bff/base/text.h"

/*
 * Reads ${text} as seconds since 1970-01-01 UTC. Returns 0; or -1 when it has none of the formats,
 * and then ${*seconds} does not change.
 *
 * Letters may have any case, and the zone must be GMT (RFC 9111 section 4.2). The day of the month
 * must exist. The name of the day need not be the right one. ${now_s} is the time of day: a year of
 * two digits is at most 50 years after it.
 */
int http_date_read(struct text text, int64_t now_s, int64_t *seconds);

#endif
