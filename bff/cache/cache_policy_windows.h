/* How long an entry may be used when it is not fresh any more (RFC 9111 section 4.2.4, RFC 5861).
 * This header is for the files of cache_policy only. */
#ifndef BFF_CACHE_CACHE_POLICY_WINDOWS_H
#define BFF_CACHE_CACHE_POLICY_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/cache/cache_control.h"
#include "bff/cache/cache_rule.h"

/* In ns, after the entry was fresh. */
struct cache_policy_windows {
    int64_t revalidate_ns; /* while a new one is fetched */
    int64_t error_ns;      /* when the service fails */
};

/* True when the response forbids to use it when it is stale: by no-cache, must-revalidate or
 * proxy-revalidate, whatever else it says. */
bool cache_policy_windows_are_forbidden(const struct cache_control *control);

/* The response's own times take precedence over those of the rule. s-maxage forbids the rule's
 * (section 5.2.2.10), but not the response's own. */
struct cache_policy_windows cache_policy_windows(const struct cache_rule *rule,
                                                 const struct cache_control *control);

/* True when at least one of the times is more than 0. */
bool cache_policy_windows_are_open(const struct cache_rule *rule,
                                   const struct cache_control *control);

#endif
