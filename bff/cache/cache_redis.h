/*
 * The second level of the cache: stored responses in Redis, for all processes that use the same
 * server. The leader of a flight asks it before it asks the service. This takes one round trip,
 * whose deadline is the timeout of the settings. It is a miss when Redis is down, has no value, or
 * has a value that cannot be read.
 *
 * The key in Redis is "cache:" and a part of the SHA-256 of the cache's key, so that no field of a
 * request can be read there.
 *
 * Purges. Redis keeps the times of purges for longer than any value. A script reads them together
 * with a value, and does not return a value whose request was sent before its purge. So a purge
 * holds for values that are stored already, for values that are stored later but whose request was
 * sent before, for all processes, and for processes that start later. Only the clock of Redis
 * decides about the order. A purge does not search for values, so it costs the same however many
 * there are. When Redis loses the times of purges, all values from before are misses.
 *
 * An invalidation in this process (cache.h) holds for values from Redis, too: they have the time of
 * their request.
 */
#ifndef BFF_CACHE_CACHE_REDIS_H
#define BFF_CACHE_CACHE_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/cache/cache.h"
#include "bff/cache/cache_purge.h"
#include "bff/cache/cache_value.h"
#include "bff/store/redis_script.h"

/* Bytes of a key in Redis: each byte of the first half of the digest has two digits. */
#define CACHE_REDIS_NAME (sizeof("cache:") - 1 + CACHE_VALUE_DIGEST)

/* What is asked for, and what the answer must be like. */
struct cache_redis_ask {
    struct text key;     /* of the slot (cache_find) */
    size_t body_most;    /* a longer body is a miss */
    unsigned depth_most; /* the body is JSON, nested at most so deep; 0: it may be anything */
    bool keep_slices;    /* for JSON: the body gets its slices (value.h) */
};

/* A question. Its user provides the memory, which is all zero before the first cache_redis_get, and
 * may be used again after the end. */
struct cache_redis_get {
    /* ${entry}, with one reference; NULL: a miss. It may be too old to be the answer. */
    void (*done)(struct cache_redis_get *get, struct cache_entry *entry);

    /* cache_redis.c's own */
    struct redis_script_call call;
    struct redis_script_texts texts;
    struct text name_text, most_text;
    char name[CACHE_REDIS_NAME], most[TEXT_DIGITS];
    unsigned char digest[CACHE_VALUE_DIGEST];
    struct cache *cache;
    struct cache_redis_ask ask;
    int64_t sent_ns;
};

/*
 * Asks. ${get->done} is set by the caller. It is called once, never from inside this function, and
 * not after cache_redis_cancel. Returns false when the connection is down: then it is not called.
 * ${redis} may be NULL: there is none, which is the same as down.
 */
bool cache_redis_get(struct redis *redis, struct cache *cache, struct cache_redis_get *get,
                     const struct cache_redis_ask *ask);

/* Does nothing when nothing is under way. */
void cache_redis_cancel(struct cache_redis_get *get);

/*
 * Stores ${entry} in the background. Redis keeps it until it is too old for all uses. Does nothing
 * when it is too old already, when it was invalidated or purged, when it is too large
 * (CACHE_VALUE_MOST), when its body is longer than ${ask->body_most}, or when ${redis} is down or
 * NULL.
 */
void cache_redis_set(struct redis *redis, struct cache *cache, const struct cache_redis_ask *ask,
                     struct cache_entry *entry);

/* A purge for all processes. The user provides the memory, as for cache_redis_get. */
struct cache_redis_purge {
    void (*done)(struct cache_redis_purge *purge, bool is_told); /* false: Redis has failed */

    /* cache_redis_purge.c's own */
    struct redis_script_call call;
    struct redis_script_texts texts;
    struct text args[4];
};

/*
 * Stores in Redis that ${what} is purged, and then publishes ${message} in ${channel}, in one step.
 * The texts are borrowed until done is called, or the purge is cancelled. All else is as in
 * cache_redis_get.
 */
bool cache_redis_purge_run(struct redis *redis, struct cache_redis_purge *purge,
                           const struct cache_purge *what, struct text channel,
                           struct text message);
void cache_redis_purge_cancel(struct cache_redis_purge *purge);

#endif
