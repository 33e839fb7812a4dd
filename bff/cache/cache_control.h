/*
 * Cache-Control of requests and responses (RFC 9111 section 5.2, RFC 5861).
 *
 * What is not written as the RFC says is read in the most restrictive way:
 * - A directive that restricts counts, whatever argument it has: private="x-user" is private, and
 *   no-cache="set-cookie" is no-cache. A directive that permits (public, must-understand) counts
 *   only without an argument.
 * - A number may be in quotes. A number that is not valid is read as the most restrictive one: an
 *   age of 0, no time to be stale. A number beyond 2^31 is 2^31.
 * - When a directive appears twice, flags count once. Two different ages of freshness count as 0
 *   (section 4.2.1). Of two other numbers, the more restrictive one counts.
 * - Directives end with a comma, or with a semicolon, which some programs write. A quoted text
 *   without an end ends at the next of these.
 */
#ifndef BFF_CACHE_CACHE_CONTROL_H
#define BFF_CACHE_CACHE_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/upstream/exchange.h"

#define CACHE_CONTROL_ABSENT (-1)
#define CACHE_CONTROL_MOST (INT64_C(1) << 31) /* seconds (section 1.2.2) */

/*
 * Reads a number of seconds (section 1.2.2: only digits; a number beyond 2^31 is 2^31). Returns 0;
 * or -1 for any other text, and then ${*seconds} does not change.
 */
int cache_control_seconds(struct text text, int64_t *seconds);

/* The directives that this cache uses. Numbers are seconds, or CACHE_CONTROL_ABSENT. */
struct cache_control {
    bool no_store, no_cache;
    bool only_if_cached;                                     /* of requests */
    bool is_private, is_public;                              /* of responses */
    bool must_revalidate, proxy_revalidate, must_understand; /* of responses */
    int64_t max_age, stale_if_error;
    int64_t min_fresh, max_stale; /* of requests; max-stale without a number: CACHE_CONTROL_MOST */
    int64_t s_maxage, stale_while_revalidate; /* of responses */
};

/* Without any directive. */
struct cache_control cache_control_none(void);

/* Adds the directives of ${value}, one Cache-Control field or several as one list. */
void cache_control_add(struct cache_control *control, struct text value);

/* Returns the directives of all Cache-Control fields (any case) among ${fields}. */
struct cache_control cache_control_of(const struct exchange_field *fields, size_t count);

#endif
