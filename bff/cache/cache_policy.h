/*
 * The rules of RFC 9111 for a shared cache, as functions without state. They read a request and a
 * response, and decide what may be stored, for how long, and what may be used.
 */
#ifndef BFF_CACHE_CACHE_POLICY_H
#define BFF_CACHE_CACHE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache_entry.h"
#include "bff/cache/cache_rule.h"
#include "bff/upstream/exchange.h"

/* What the policy reads of a request. ${field} returns all values of a field (lower case) as one
 * list, "a, b"; absent if there is none. */
struct cache_request {
    struct text method;
    struct text (*field)(void *cookie, const char *name);
    void *cookie;
    bool has_user; /* the key has the user, or the request names one (Authorization) */
};

/* Whether a request may be answered from the cache at all (RFC 9111 section 4, 5.2.1). */
enum cache_use {
    CACHE_USE,    /* with an entry, or by a call that fills the cache */
    CACHE_BYPASS, /* the service is asked, and nothing is stored: other methods, Range, no-store */
};

enum cache_use cache_policy_use(const struct cache_request *request);

/* What may be done with an entry for a request at ${now_ns}. */
enum cache_state {
    CACHE_FRESH,    /* it is the answer */
    CACHE_STALE,    /* it is the answer, and a new one is fetched in the background */
    CACHE_VALIDATE, /* the service is asked first, with the entry's validators if it has some */
};

enum cache_state cache_policy_state(const struct cache_request *request,
                                    const struct cache_entry *entry, int64_t now_ns);

/* True when the entry may be the answer because the service fails (stale-if-error). */
bool cache_policy_may_fail_over(const struct cache_request *request,
                                const struct cache_entry *entry, int64_t now_ns);

/* True when the request must not reach the service (only-if-cached): without an entry the answer is
 * 504. */
bool cache_policy_is_only_cached(const struct cache_request *request);

/* True when the response may be stored (RFC 9111 section 3, 3.5). */
bool cache_policy_may_store(const struct cache_rule *rule, const struct cache_request *request,
                            const struct exchange_head *head);

/* Sets the times of ${entry}, which is not shared yet, from its fields (section 4.2).
 * ${asked_ns} and ${now_ns} are of clock_now_ns; ${wall_ms} is the time of day at ${now_ns}. */
void cache_policy_set_times(const struct cache_rule *rule, struct cache_entry *entry,
                            int64_t asked_ns, int64_t now_ns, int64_t wall_ms);

/* Makes the entry that a 304 with ${head} leaves of ${entry} (section 4.3.4), without its times. */
struct cache_entry *cache_policy_update(const struct cache_entry *entry,
                                        const struct exchange_head *head);

/* True when the request's own conditions say that the client has this entry already, so that the
 * answer is 304 (section 4.3.2, RFC 9110 section 13.2.2). */
bool cache_policy_is_not_modified(const struct cache_request *request,
                                  const struct cache_entry *entry);

#endif
