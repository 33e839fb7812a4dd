/* Strings with escapes, decoded. Private to json.c. */
#ifndef BFF_JSON_JSON_UNESCAPE_H
#define BFF_JSON_JSON_UNESCAPE_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * The string that ${inside} (what stands between its quotes, valid) means, in ${pool}. A surrogate
 * escaped alone ("\ud800"), which JSON allows and UTF-8 cannot say, becomes U+FFFD.
 */
struct text json_unescape(struct text inside, struct pool *pool);

#endif
