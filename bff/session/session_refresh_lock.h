/*
 * The lock by which only one of several processes refreshes a session, in Redis:
 *
 *     session:lock:<hash>       the owner's random text; it ends by itself
 *     session:refreshed:<hash>  the result, sealed, for a short time
 *
 * <hash> is that of the content that is refreshed. The scripts look for a result before they take
 * the lock, so no content is refreshed twice. Only the owner can release a lock.
 */
#ifndef BFF_SESSION_SESSION_REFRESH_LOCK_H
#define BFF_SESSION_SESSION_REFRESH_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/store/redis_script.h"

enum session_refresh_lock_end {
    SESSION_REFRESH_LOCK_TAKEN, /* take: the caller has the lock. release: it was released */
    SESSION_REFRESH_LOCK_BUSY,  /* take: somebody else has the lock */
    SESSION_REFRESH_LOCK_KNOWN, /* there is a result, of somebody else */
    SESSION_REFRESH_LOCK_DOWN,  /* Redis is down */
};

/* In the memory of its user, all zero before session_refresh_lock_init. Texts are in ${pool}. */
struct session_refresh_lock {
    struct redis *redis;
    struct pool *pool;
    /* ${result} is valid during the call, and only with SESSION_REFRESH_LOCK_KNOWN. */
    void (*done)(struct session_refresh_lock *lock, enum session_refresh_lock_end end,
                 struct text result);
    /* session_refresh_lock.c's own */
    struct redis_script_call call;
    struct redis_script_texts texts;
    struct text keys[2], args[4], owner;
};

/* ${hash} is borrowed. done must be set afterwards. */
void session_refresh_lock_init(struct session_refresh_lock *lock, struct redis *redis,
                               struct text hash, struct pool *pool);

/* Looks for a result, and else takes the lock for ${ms}. done is called once, never from inside
 * this function. Returns false when Redis is down: done is not called. */
bool session_refresh_lock_take(struct session_refresh_lock *lock, uint32_t ms);

/* How a result is stored when the lock is released. */
enum session_refresh_lock_store {
    SESSION_REFRESH_LOCK_NOTHING, /* there is none */
    SESSION_REFRESH_LOCK_ALWAYS,
    SESSION_REFRESH_LOCK_FIRST, /* if no result is stored yet; otherwise done gets the
                                   stored one */
};

/* Stores ${sealed} for ${kept_ms} and releases the lock. done and the result are as above. */
bool session_refresh_lock_release(struct session_refresh_lock *lock,
                                  enum session_refresh_lock_store how, struct text sealed,
                                  uint32_t kept_ms);

/* Whether the locks of this process are only its own, because Redis is down. Each change is logged
 * once: "session_lock" with the state "process" or "redis". May be called from any thread. */
void session_refresh_lock_alone(bool is_alone);

/* Ends what is under way: done is not called afterwards. Does nothing when nothing is under way. */
void session_refresh_lock_cancel(struct session_refresh_lock *lock);

#endif
