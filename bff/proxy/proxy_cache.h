/*
 * What the cache has for a request of a route with `cache`, and what becomes of the request.
 *
 * Only one call for the same responses is under way in the whole process: that of the leader, which
 * fills the cache (proxy_fill.h). The other requests wait for its end, unless they may get an entry
 * that is too old. When the leader's call fails, one of those who wait leads the next one. A
 * request that has waited for PROXY_CACHE_FLIGHTS failed calls makes its own call, beside those of
 * the others. So a service that fails gets these calls at the same time and not one after the
 * other, and its circuit breaker and its limits decide about them. nginx (proxy_cache_lock) lets
 * the others lead one after the other instead, so that the last one waits longest.
 *
 * The leader asks Redis before the service, if Redis is the second level (cache_redis.h).
 *
 * The waiting is also over for a request at its own deadline. Then it makes its own call, too.
 *
 * The order of calls: proxy_cache_find; proxy_cache_look, and again after each proxy_cache_wait;
 * and then proxy_serve with proxy_ask.cached.
 */
#ifndef BFF_PROXY_PROXY_CACHE_H
#define BFF_PROXY_PROXY_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/cache/cache.h"
#include "bff/cache/cache_redis.h"
#include "bff/cache/cache_status.h"
#include "bff/cache/cache_worker.h"
#include "bff/proxy/proxy.h"
#include "bff/proxy/proxy_cache_asked.h"

#define PROXY_CACHE_FLIGHTS 2

enum proxy_cache_turn {
    PROXY_CACHE_BYPASS,  /* the service is asked as if there was no cache */
    PROXY_CACHE_ANSWER,  /* the entry is the answer */
    PROXY_CACHE_REFRESH, /* the same, and a call without a client fetches a new one */
    PROXY_CACHE_LEAD,    /* the request's call fills the cache */
    PROXY_CACHE_ALONE,   /* the request's call is made, and its response is not stored */
    PROXY_CACHE_WAIT,    /* the call of another request is under way, or Redis is asked */
    PROXY_CACHE_NOTHING, /* the client wants no call, and there is no entry: 504 */
};

/* In the request's pool, which ends the flight when nobody else has taken it. */
struct proxy_cached {
    struct request *request;
    struct proxy_ask ask;
    struct cache_worker *worker;
    struct proxy_cache_asked asked;
    struct text key;           /* without the fields in Vary */
    struct text vary;          /* the names in Vary, when ${slot} is that of a variant */
    struct text slot_key;      /* the key of ${slot} */
    struct cache_slot *slot;   /* of the key, or of its variant */
    struct cache_slot *base;   /* of the key, when ${slot} is that of a variant */
    struct cache_entry *entry; /* the answer; or what may be validated, or sent after a failure */
    enum proxy_cache_turn turn;
    unsigned seen_flight; /* of ${slot}, before ${entry} was read */
    bool is_leading;      /* the flight of ${slot} is this request's */
    bool is_unstored;     /* the last response for the key could not be stored */
    bool is_failed;       /* the last call for which this request waited has failed */
    unsigned flights;     /* the calls of others for whose end it waited */
    struct cache_redis_get get;
    unsigned questions; /* how often Redis was asked */
    bool is_asking;     /* Redis is being asked; the request leads the flight of ${slot} */
    bool has_nothing;   /* Redis has no newer entry */
    struct text word;   /* for the log */
    struct cache_status status;
    struct text service; /* its name, for the log */
    struct cache_wait wait;
    void (*ended)(void *cookie);
    void *cookie;
    struct request_stored stored;
};

/* Makes it for ${request}, which ${ask} describes. ${ask} is copied, and the copy is for
 * proxy_serve. */
struct proxy_cached *proxy_cache_find(struct request *request, const struct proxy_ask *ask);

/* True when the request's call fills the cache, or the call in the background does. */
static inline bool proxy_cache_fills(const struct proxy_cached *cached)
{
    return cached->turn == PROXY_CACHE_LEAD || cached->turn == PROXY_CACHE_REFRESH;
}

/* True when the service must not know who asks. */
static inline bool proxy_cache_hides_user(const struct proxy_cached *cached)
{
    return cached->asked.hides_user && cached->turn != PROXY_CACHE_BYPASS;
}

/* True when the entry is the answer. */
static inline bool proxy_cache_has_answer(const struct proxy_cached *cached)
{
    return cached->turn == PROXY_CACHE_ANSWER || cached->turn == PROXY_CACHE_REFRESH;
}

/* True when the entry was invalidated after it was found. */
static inline bool proxy_cache_has_changed(const struct proxy_cached *cached)
{
    return cache_has_invalidated(cached->worker->cache, cached->entry);
}

/* Looks into the cache, and returns what becomes of the request. */
enum proxy_cache_turn proxy_cache_look(struct proxy_cached *cached);

/* After PROXY_CACHE_WAIT: ${ended} is called once with ${cookie}, from the loop, when it is time to
 * look again. */
void proxy_cache_wait(struct proxy_cached *cached, void (*ended)(void *cookie), void *cookie);

/* Returns the time at which the request must not wait any more. */
int64_t proxy_cache_until_ns(const struct proxy_cached *cached);

/* Stops waiting without a callback. */
void proxy_cache_leave(struct proxy_cached *cached);

/* The request has waited long enough: it makes its own call. */
void proxy_cache_go(struct proxy_cached *cached);

/* Forgets the entry, which was wrong. The request's call fills the cache anew, if nobody else does
 * it just now. */
void proxy_cache_forget(struct proxy_cached *cached);

/* Ends the flight that the request leads, without a call. */
void proxy_cache_end_flight(struct proxy_cached *cached);

/* Replaces the entry by ${entry}, which gets one more reference. */
void proxy_cache_take(struct proxy_cached *cached, struct cache_entry *entry);

/* Sends the entry; or a 304, when it is what the client has. Afterwards the request must not be
 * used. */
void proxy_cache_answer(struct proxy_cached *cached);

/* The call has made or updated ${entry}. True when the entry is the answer: the service has said
 * that it is right, or the client has this response already. */
bool proxy_cache_answer_is_made(struct proxy_cached *cached, struct cache_entry *entry,
                                bool is_updated);

/* The call has ended for ${reason}; or, with REASON_STATUS, ${status} has come. True when the
 * service has failed and the entry may be the answer. Then request->stored sends it. */
bool proxy_cache_answer_is_stale(struct proxy_cached *cached, enum reason reason, int status);

/* Asks Redis for the slot whose flight the request leads. Returns false when it need not or cannot
 * be asked. */
bool proxy_cache_redis_ask(struct proxy_cached *cached, int64_t now_ns);

/* Adds the field Cache-Status to the answer, or replaces it. */
void proxy_cache_answer_status(struct proxy_cached *cached);

#endif
