/* The session in Redis after its refresh: it is saved with its new content, or dropped. */
#ifndef BFF_SESSION_SESSION_REFRESH_KEEP_H
#define BFF_SESSION_SESSION_REFRESH_KEEP_H

#include "bff/base/pool.h"
#include "bff/loop/timer.h"
#include "bff/session/session.h"
#include "bff/session/session_store.h"

/* In the memory of its user. The first members are set before the start, all else is zero.
 * ${session} is borrowed until the end. ${done} is called once, perhaps from inside the start. */
struct session_refresh_keep {
    const struct session_store *store;
    struct redis *redis;
    struct timers *timers;
    struct pool *pool;
    const struct session *session;
    void (*done)(struct session_refresh_keep *keep, enum session_store_end end);

    /* session_refresh_keep.c's own */
    struct session_store_call call;
    struct timer timer;
    unsigned failures;
};

/* Saves the session. When Redis is away, it is tried again for two seconds, because the old tokens
 * cannot be used any more. SESSION_STORE_NONE: it was dropped meanwhile, and stays so. */
void session_refresh_keep_save(struct session_refresh_keep *keep);

/* Drops the session, once. */
void session_refresh_keep_drop(struct session_refresh_keep *keep);

/* Ends what is under way: done is not called afterwards. Does nothing when nothing is under way. */
void session_refresh_keep_stop(struct session_refresh_keep *keep);

#endif
