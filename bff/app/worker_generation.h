/*
 * The part of a generation that belongs to one worker: the worker's struct upstream, its cache
 * of known tokens and its connection to Redis. It is made when the worker gets the generation. It
 * is freed when the worker has switched to another generation and the last request of this one is
 * over. All functions are called in the worker's thread.
 */
#ifndef BFF_APP_WORKER_GENERATION_H
#define BFF_APP_WORKER_GENERATION_H

#include "bff/app/dispatch.h"
#include "bff/app/generation.h"
#include "bff/http/request.h"
#include "bff/http/worker_settings.h"
#include "bff/observe/observer.h"
#include "bff/upstream/endpoints.h"

/*
 * What a worker has for its whole life. Its generations use it.
 *
 *   cache      stored responses
 *   verdicts   what authorizers and services for API keys have answered
 *   refreshed  new tokens of sessions, for requests that still come with the old ones
 */
struct worker_life {
    struct endpoints *endpoints;
    struct cache_worker *cache;
    struct cache_worker *verdicts;
    struct cache_worker *refreshed;
};

struct worker_generation {
    struct worker_settings
        settings;                  /* by it, requests and tunnels have a reference to this struct */
    struct generation *generation; /* held */
    struct dispatch_worker dispatch;
    struct observed observed;
    struct purge_channel *purges; /* of worker 0, while this generation is the current one; NULL */
    struct revocation_channel *revoked; /* the same */
    unsigned unsettled;                 /* results that worker_generation_resolve waits for */
    void (*on_resolved)(struct worker_generation *own);
};

/*
 * Makes the part of ${generation} that ${worker} has, and takes over one of the caller's references
 * to ${generation}.
 * ${life} is the worker's and must outlive the result. The worker has a
 * reference to the result until it switches to another generation.
 */
struct worker_generation *worker_generation_new(struct worker *worker,
                                                struct generation *generation,
                                                const struct worker_life *life);

/*
 * Looks up the host names of the services. ${on_resolved} is called once, perhaps from inside this
 * function, when every name has been looked up and the first attempt to connect to Redis has ended,
 * with success or without. So the first requests are already counted in Redis.
 */
void worker_generation_resolve(struct worker_generation *own,
                               void (*on_resolved)(struct worker_generation *own));

/* Returns the current one of ${worker}; NULL before the first worker_generation_switch. */
struct worker_generation *worker_generation_current(const struct worker *worker);

/*
 * Makes ${own} the current one of its worker. Ends what worker_generation_watch has started for the
 * previous generation.
 */
void worker_generation_switch(struct worker_generation *own);

/* To be called when worker_generation_resolve has looked up the host names, and ${own} is the
 * current one. One worker works for all of them: it makes the health checks, refreshes the
 * key sets of login, and listens to purges of other processes. In this worker, this function
 * starts all of it for this generation. */
void worker_generation_watch(struct worker_generation *own);

/* To be called again and again when a draining worker has no client and no errand left. Sends the
 * spans that are left. Returns true when they are sent, or when it has taken too long. */
bool worker_generation_may_end(struct worker *worker);

/* To be called when the worker's loop has ended. Frees all generations of ${worker} that no request
 * holds. Returns false when a request still holds one. */
bool worker_generation_end(struct worker *worker);

/* Returns the part of the generation with which ${request} began. */
struct worker_generation *worker_generation_of(const struct request *request);

#endif
