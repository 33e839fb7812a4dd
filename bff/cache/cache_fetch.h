/*
 * A fetch (fetch.h) that looks into the cache first. The outcome is in a struct fetch, as if that
 * had made the call. docs/caching.md says how parts are cached.
 */
#ifndef BFF_CACHE_CACHE_FETCH_H
#define BFF_CACHE_CACHE_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/cache/cache_flight.h"
#include "bff/cache/cache_rule.h"
#include "bff/upstream/fetch.h"

/* What the cache has done for a fetch. */
enum cache_fetch_state {
    CACHE_FETCH_BYPASS,    /* nothing: the call was made for this fetch alone */
    CACHE_FETCH_HIT,       /* a stored answer, which is fresh */
    CACHE_FETCH_STALE,     /* a stored answer, which is too old: a new one is fetched in the
                              background, or the service has failed */
    CACHE_FETCH_MISS,      /* the service was asked */
    CACHE_FETCH_COLLAPSED, /* the answer of a call that was made for another page */
    CACHE_FETCH_LATE,      /* no answer came in time, and the call goes on in the background */
};

struct cache_fetch {
    /* Valid when the fetch has ended, and after cache_fetch_time_over. */
    enum cache_fetch_state state;
    bool is_stored; /* the answer has been stored now */
    bool is_failed; /* with CACHE_FETCH_STALE: the service was asked and has failed */
    int failed;     /* with ${is_failed}: the status of its answer; 0: no answer came */
    int64_t ttl_ns; /* of the answer, when it was used; negative: since then it is too old; 0: not
                       known */

    /* cache_fetch.c's own */
    struct fetch *fetch;
    const struct fetch_ask *ask;
    struct upstream *upstream;
    struct pool *pool;
    fetch_done done;
    void *cookie;
    struct cache_flight_user user;
};

/* What a cached fetch uses, besides what it asks for. All of it is borrowed until the release. */
struct cache_fetch_with {
    struct cache_flights *flights; /* the worker's */
    struct upstream *upstream;
    const struct cache_rule *rule; /* is_on; it must live as long as the flights */
    struct pool *pool;             /* for texts */
};

/*
 * Starts ${cached}, which need not be cleared. ${fetch} and ${ask} are as in fetch_start.
 *
 * Returns true when the answer is known already: the fetch has ended, and ${done} is not called.
 * Otherwise ${done} is called once, never from inside this function, and not after
 * cache_fetch_release. In both cases fetch_release must be called for ${fetch} in the end, after
 * cache_fetch_release.
 */
bool cache_fetch_start(struct cache_fetch *cached, const struct cache_fetch_with *with,
                       struct fetch *fetch, const struct fetch_ask *ask, fetch_done done,
                       void *cookie);

/* Ends the fetch without calling ${done}: the answer is not needed. The call goes on only if others
 * wait for it. Idempotent. */
void cache_fetch_release(struct cache_fetch *cached);

/*
 * Ends the fetch without calling ${done}: the user's time is over. The call goes on in the
 * background if there is room, and then ${cached->state} is CACHE_FETCH_LATE. Returns true when
 * there is an old answer that may be used now: then the fetch has ended with it.
 */
bool cache_fetch_time_over(struct cache_fetch *cached);

#endif
