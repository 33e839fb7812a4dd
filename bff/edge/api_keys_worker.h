/*
 * Looks API keys up, for one worker and one configuration. A file is in memory. What Redis or a
 * service says is a verdict (verdict.h): it is kept for the ttl of the settings, one of all workers
 * asks for it, and everybody who wants to know the same waits. That a key is unknown is kept for
 * API_KEYS_CALL_UNKNOWN_NS at most, so that a new key works soon.
 */
#ifndef BFF_EDGE_API_KEYS_WORKER_H
#define BFF_EDGE_API_KEYS_WORKER_H

#include "bff/edge/api_key.h"
#include "bff/edge/api_keys_shared.h"
#include "bff/edge/verdict.h"

struct api_keys_worker;
struct redis;
struct upstream;

/*
 *   keys      of the configuration
 *   verdicts  the worker's
 *   redis     the worker's connection; needed with API_KEYS_REDIS
 *   upstream  the worker's; needed with API_KEYS_SERVICE
 *
 * All are borrowed until api_keys_worker_free.
 */
struct api_keys_worker_parts {
    struct api_keys_shared *keys;
    struct cache_worker *verdicts;
    struct redis *redis;
    struct upstream *upstream;
};

struct api_keys_worker *api_keys_worker_new(const struct api_keys_worker_parts *parts);

/* Ends all calls. No request asks any more. NULL: does nothing. */
void api_keys_worker_free(struct api_keys_worker *worker);

const struct api_keys_shared *api_keys_worker_of(const struct api_keys_worker *worker);

enum api_keys_state {
    API_KEYS_KNOWN,   /* ask->key is the key */
    API_KEYS_UNKNOWN, /* there is no such key, or it is disabled */
    API_KEYS_AWAY,    /* Redis or the service has not answered */
    API_KEYS_WAITS,   /* ask->done will be called */
};

/* An ask, in the memory of its user, which has the members of the first group set and all others
 * zero. */
struct api_keys_ask {
    struct pool *pool; /* the request's */
    struct text value; /* what the client has presented; plausible (api_key_is_plausible) */
    void (*done)(struct api_keys_ask *ask, enum api_keys_state state); /* called once, later */

    const struct api_key *key; /* lives as long as the pool */

    /* api_keys_worker.c's own */
    struct api_keys_worker *worker;
    struct verdict_ask *verdict;
    unsigned char digest[API_KEY_DIGEST];
};

enum api_keys_state api_keys_worker_find(struct api_keys_worker *worker, struct api_keys_ask *ask);

/* Stops waiting: done is not called. */
void api_keys_worker_leave(struct api_keys_ask *ask);

#endif
