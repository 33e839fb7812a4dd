/* What is cached, and for how long: the settings of a route (routes.*.cache) or the columns of a
 * part. */
#ifndef BFF_CACHE_CACHE_RULE_H
#define BFF_CACHE_CACHE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

#define CACHE_BODY_MAX ((size_t)1024 * 1024) /* max_body, unless a rule says another number */

/*
 *   is_on                      false: nothing is cached
 *   ttl_ms                     how long a response is fresh that does not say it itself; 0: such a
 *                              response is not stored (from: response)
 *   stale_while_revalidate_ms  so long after it was fresh, a response is still used, while a new
 *                              one is fetched in the background
 *   stale_if_error_ms          so long after it was fresh, it is used when the service fails
 *   vary                       names of request fields (lower case) that are part of the key, in
 *                              addition to the Vary of the response; ended by an absent text;
 *                              NULL: none
 *   is_shared                  all users who may ask get the same: the user is not part of the key,
 *                              and the request that fills the cache has no field that names a user
 *   max_body                   bytes; a longer body is not stored
 */
struct cache_rule {
    bool is_on;
    uint32_t ttl_ms;
    uint32_t stale_while_revalidate_ms;
    uint32_t stale_if_error_ms;
    struct text *vary;
    bool is_shared;
    size_t max_body;
};

#endif
