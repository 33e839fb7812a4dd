/*
 * Renews the tokens of sessions before they end (silent refresh). A refresh token can often be used
 * once only, so all requests that come with the same content of a session share one refresh: those
 * of this worker and of the others by the cache "refreshed", and those of other processes by a lock
 * in Redis. The result serves all who come with the old content within
 * SESSION_REFRESH_RESULT_KEPT_S. So two tabs of a browser never sign each other out.
 *
 * A refresh belongs to no request: it goes on when the request that began it ends.
 *
 * Only the answer that the refresh token is not valid ends a session. Then its id is revoked. When
 * nobody can be asked, the session goes on. A provider that has failed is asked again after a
 * pause.
 *
 * docs/decisions/0019-one-refresh-for-all.md has the reasons.
 */
#ifndef BFF_SESSION_SESSION_REFRESH_H
#define BFF_SESSION_SESSION_REFRESH_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/cache/cache_worker.h"
#include "bff/edge/revocation.h"
#include "bff/loop/timer.h"
#include "bff/session/session.h"
#include "bff/session/session_refresh_ask.h"
#include "bff/session/session_refresh_result.h"
#include "bff/session/session_store.h"
#include "bff/store/redis.h"

struct session_refreshes; /* of one worker and one generation */

/*
 * What a worker gives. All of it is borrowed until session_refresh_free.
 *
 *   peers        who is asked; copied
 *   refreshed    the worker's cache "refreshed"
 *   redis        NULL: the lock is only for the workers of this process
 *   revocations  the worker's; NULL: nothing is revoked
 *   hold         is called when a refresh begins, with ${owner}: all that is borrowed must live
 *   release      until this is called with it, when the refresh has ended
 */
struct session_refresh_with {
    struct session_refresh_peers peers;
    const struct session_store *store;
    struct cache_worker *refreshed;
    struct redis *redis;
    struct revocation_view *revocations;
    struct timers *timers;
    void (*hold)(void *owner);
    void (*release)(void *owner);
    void *owner;
};

struct session_refreshes *session_refresh_new(const struct session_refresh_with *with);

/* Nobody may wait. Refreshes that are under way are given up. NULL: does nothing. */
void session_refresh_free(struct session_refreshes *refreshes);

/* True when the tokens of ${session} should be renewed, and can be. */
bool session_refresh_is_due(const struct session_refreshes *refreshes,
                            const struct session *session, int64_t now_s);

/*
 * Somebody who waits, in the memory of a request, all zero.
 *
 *   result  once it is known; its texts are in the pool of session_refresh_begin
 *   done    called once after session_refresh_begin has returned false, from the loop
 */
struct session_refresh_wait {
    struct session_refresh_result result;
    void (*done)(struct session_refresh_wait *wait);

    /* session_refresh.c's own */
    struct session_refreshes *refreshes;
    const struct session *session;
    struct pool *pool;
    struct cache_wait wait;
    struct cache_slot *slot; /* NULL: it does not wait */
    struct text hash;
};

/* Refreshes ${session}, or joins the refresh that is under way. Returns true when the result is
 * known at once. ${session} and ${pool} must live until done is called or the wait is ended. */
bool session_refresh_begin(struct session_refreshes *refreshes, struct session_refresh_wait *wait,
                           const struct session *session, struct pool *pool);

/* Ends the wait: done is not called afterwards. The refresh goes on. Does nothing when it does not
 * wait. */
void session_refresh_leave(struct session_refresh_wait *wait);

#endif
