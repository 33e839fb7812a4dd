/*
 * The rules of RFC 9111 for a shared cache, as functions without state. They read a request and a
 * response, and decide what may be stored, for how long, and what may be used. docs/caching.md
 * describes them for operators.
 *
 * The fields of an entry must be all fields of the response for which cache_policy_keeps is true.
 * Age, Date, Expires and Cache-Control are among them, because the times of the entry follow from
 * them. An answer from the entry does not repeat its Age and Date: it has an Age of its own
 * (cache_age.h), and the server writes Date.
 *
 * The call that fills the cache must not have the client's If-None-Match and If-Modified-Since
 * (cache_validators.h): a 304 for the client's own copy would leave nothing to store.
 */
#ifndef BFF_CACHE_CACHE_POLICY_H
#define BFF_CACHE_CACHE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache_entry.h"
#include "bff/cache/cache_request.h"
#include "bff/cache/cache_rule.h"
#include "bff/upstream/exchange.h"

/* Whether a request may be answered from the cache at all (RFC 9111 section 4, 5.2.1). */
enum cache_use {
    CACHE_USE,    /* with an entry, or by a call that fills the cache */
    CACHE_BYPASS, /* the service is asked, and nothing is stored: other methods, Range, no-store,
                     and conditions that only the service can check (If-Match) */
};

/* HEAD is used as GET: it is answered from the entry of a GET. On a miss, the caller may send GET
 * to the service and store the response; the response to HEAD itself is never stored. */
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

/*
 * True when the response may be stored (RFC 9111 section 3, 3.5). It is false when the entry could
 * never be used: a response that is not fresh needs a validator, or a time for which it may be
 * stale. ${request} is the one that the service got. The caller must not store a response whose
 * body did not come whole.
 */
bool cache_policy_may_store(const struct cache_rule *rule, const struct cache_request *request,
                            const struct exchange_head *head);

/* The same for the entry that cache_policy_update has made: the 304 may forbid to store it. */
bool cache_policy_may_keep(const struct cache_rule *rule, const struct cache_request *request,
                           const struct cache_entry *entry);

/* True when the field ${name} (any case) of ${head} may be stored (section 3.1): it is not
 * hop-by-hop, not listed in Connection, not Set-Cookie, and not meant for a proxy. */
bool cache_policy_keeps(const struct exchange_head *head, struct text name);

/* Sets the times of ${entry}, which is not shared yet, from its fields (section 4.2).
 * ${asked_ns} and ${now_ns} are of clock_now_ns; ${wall_ms} is the time of day at ${now_ns}. */
void cache_policy_set_times(const struct cache_rule *rule, struct cache_entry *entry,
                            int64_t asked_ns, int64_t now_ns, int64_t wall_ms);

/*
 * Makes the entry that a 304 with ${head} leaves of ${entry} (section 4.3.4, 3.2), without its
 * times. It has the same body. Fields of the 304 replace those of the entry, except Content-Length
 * and others that describe the stored bytes. Returns NULL when the 304 is about another response:
 * its ETag or Last-Modified is not that of the entry. Then the caller must ask again, without
 * conditions.
 */
struct cache_entry *cache_policy_update(const struct cache_entry *entry,
                                        const struct exchange_head *head);

/* True when the request's own conditions say that the client has this entry already, so that the
 * answer is 304 (section 4.3.2, RFC 9110 section 13.2.2). */
bool cache_policy_is_not_modified(const struct cache_request *request,
                                  const struct cache_entry *entry);

/* True when a response with ${status} to a request with ${method} invalidates what is stored for
 * its target (section 4.4): the method may change data, and the response is no error. */
bool cache_policy_invalidates(struct text method, int status);

/*
 * Returns the path and query that ${location}, the value of a Location or Content-Location field,
 * names on the same origin: they are invalidated too (section 4.4). ${origin} is "https://host" of
 * the client's request, without the default port, and ${path} is its path. Absent: another origin,
 * or no path.
 */
struct text cache_policy_other_path(struct pool *pool, struct text location, struct text origin,
                                    struct text path);

#endif
