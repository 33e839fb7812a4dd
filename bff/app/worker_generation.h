/*
 * What one worker has of one generation: its view of the services, and the cache of known tokens.
 * It is made when the worker learns of the generation, and it is freed when the worker has another
 * generation and the last request of this one is over. All functions are called in the worker's
 * thread.
 */
#ifndef BFF_APP_WORKER_GENERATION_H
#define BFF_APP_WORKER_GENERATION_H

#include "bff/app/dispatch.h"
#include "bff/app/generation.h"
#include "bff/http/request.h"
#include "bff/http/worker_settings.h"
#include "bff/upstream/endpoints.h"

struct worker_generation {
    struct worker_settings settings; /* requests and tunnels hold it by this */
    struct generation *generation;   /* held */
    struct dispatch_worker dispatch;
    void (*on_resolved)(struct worker_generation *own);
};

/*
 * Makes the part of ${worker}. It takes over one of the caller's holds on ${generation}.
 * ${endpoints} are the worker's and must outlive it. The worker holds the result until it switches
 * to another generation.
 */
struct worker_generation *worker_generation_new(struct worker *worker,
                                                struct generation *generation,
                                                struct endpoints *endpoints);

/* Looks up the names of the services. ${on_resolved} is called once, perhaps from here, when every
 * name has been looked up, with success or without. */
void worker_generation_resolve(struct worker_generation *own,
                               void (*on_resolved)(struct worker_generation *own));

/* The current one of ${worker}; NULL before the first. */
struct worker_generation *worker_generation_current(const struct worker *worker);

/*
 * Makes ${own} the current one of its worker. When this worker asks about the services' health, it
 * stops asking for the generation before.
 */
void worker_generation_switch(struct worker_generation *own);

/* Called when the names have been looked up: the worker that asks about health begins to ask. */
void worker_generation_watch_health(struct worker_generation *own);

/* To be called when the worker's loop has ended. Frees all generations of ${worker} that no request
 * holds. Returns false when a request still holds one. */
bool worker_generation_end(struct worker *worker);

/* The generation that ${request} began with, in its worker. */
struct worker_generation *worker_generation_of(const struct request *request);

#endif
