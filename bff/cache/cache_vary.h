/*
 * Vary (RFC 9110 section 12.5.5, RFC 9111 section 4.1): the fields of a request that choose among
 * several responses to the same target.
 */
#ifndef BFF_CACHE_CACHE_VARY_H
#define BFF_CACHE_CACHE_VARY_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache_request.h"

/* True when every name in ${vary} is in ${known}, names in lower case, ended by an absent text;
 * NULL: none. Then the key has all these values already. */
bool cache_vary_is_covered(struct text vary, const struct text *known);

/*
 * Returns the request's values of the fields in ${vary}, as one text for a key. It is the same text
 * for two requests exactly if these fields match: names are in lower case, sorted and without
 * duplicates; blanks around the commas of a value do not count; an absent field differs from an
 * empty one. Absent when ${vary} has no names.
 */
struct text cache_vary_values(struct pool *pool, struct text vary,
                              const struct cache_request *request);

/* Does the same for the names of a rule (cache_rule.vary). */
struct text cache_vary_rule_values(struct pool *pool, const struct text *names,
                                   const struct cache_request *request);

#endif
