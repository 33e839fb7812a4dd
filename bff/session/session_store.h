/*
 * Where sessions are kept: sealed in the cookies themselves, or in Redis, where the cookie is only
 * the session's id.
 *
 * In Redis, the key is "session:" and the SHA-256 of the id in hexadecimal digits, so who reads
 * Redis cannot make a cookie. The content is sealed. Redis forgets it after session.idle. Loading
 * it is one command, which also begins this time again.
 *
 * A session is over when it was not used for session.idle, or session.absolute after the login. A
 * store does not know whether a session was revoked (bff/edge/revocation.h).
 */
#ifndef BFF_SESSION_SESSION_STORE_H
#define BFF_SESSION_SESSION_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/session/session.h"
#include "bff/store/redis.h"

struct session_settings; /* session_settings.h */
struct session_store;    /* of a generation; it does not change, and all workers share it */
struct session_store_call;

/* ${settings} is borrowed until session_store_free. */
struct session_store *session_store_new(const struct session_settings *settings);
void session_store_free(struct session_store *store); /* NULL: does nothing */

const struct session_settings *session_store_settings(const struct session_store *store);

enum session_store_end {
    SESSION_STORE_WAITS,     /* call->done will be called */
    SESSION_STORE_OK,        /* the session was loaded, saved or dropped */
    SESSION_STORE_NONE,      /* load: there is no such session, or it is over. Save with
                                SESSION_STORE_AGAIN: it has been dropped meanwhile */
    SESSION_STORE_TOO_LARGE, /* save: more bytes than session.max_bytes */
    SESSION_STORE_AWAY,      /* Redis is down */
};

/*
 * A call. Its user provides the memory, which is all zero before the first use.
 *
 *   redis    the worker's; NULL only when the sessions are in cookies
 *   pool     for results; it must live as long as they are used
 *   cookie_name  the name of the cookie, to which sealed content is bound
 *   now_s    the time, in seconds since 1970 UTC
 *   done     is called once after SESSION_STORE_WAITS, with a result that is not
 *            SESSION_STORE_WAITS; never from inside the function that began the call, and not after
 *            session_store_cancel
 *   context  its argument
 *   session  the result of a load
 *   value    the result of a save: the value of the cookie
 */
struct session_store_call {
    struct redis *redis;
    struct pool *pool;
    struct text cookie_name;
    int64_t now_s;
    void (*done)(struct session_store_call *call, enum session_store_end end);
    void *context;
    struct session session;
    struct text value;

    /* session_store.c's own */
    struct redis_command command;
    const struct session_store *store;
    struct text key, id;
};

enum session_store_save {
    SESSION_STORE_NEW,   /* a login */
    SESSION_STORE_AGAIN, /* new tokens; a session that has been dropped does not come back */
};

/* Loads the session of ${value}, the value of the cookie. */
enum session_store_end session_store_load(const struct session_store *store,
                                          struct session_store_call *call, struct text value);

/* Saves ${session}, which is borrowed during this function. Its time ${seen_s} is set by the
 * user. */
enum session_store_end session_store_save(const struct session_store *store,
                                          struct session_store_call *call,
                                          const struct session *session,
                                          enum session_store_save how);

/* Drops the session ${id}. Nothing is done for a session in a cookie. */
enum session_store_end session_store_drop(const struct session_store *store,
                                          struct session_store_call *call, struct text id);

/* call->done is not called any more. Does nothing when the call is not under way. */
void session_store_cancel(struct session_store_call *call);

/* True when the cookie of ${session} should be made again, because a quarter of session.idle is
 * over. Always false with Redis. */
bool session_store_renews(const struct session_store *store, const struct session *session,
                          int64_t now_s);

/* Returns after how many seconds ${session} is over when it is not used any more; not negative. */
int64_t session_store_left_s(const struct session_store *store, const struct session *session,
                             int64_t now_s);

/* Returns the key of Redis "${prefix}SHA-256 of ${id}" ("session:"), in ${pool}. */
struct text session_store_key(struct text prefix, struct text id, struct pool *pool);

#endif
