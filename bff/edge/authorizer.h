/*
 * The authorizer: a service that is asked whether a request may pass. docs/authorizer.md explains
 * it to operators. This file finds the verdict about a request (verdict.h); the step "authorizer"
 * acts on it.
 *
 * A call to the service belongs to no request. It goes on when the request that has begun it ends,
 * so that its answer is there for the others who wait, and for the next request.
 */
#ifndef BFF_EDGE_AUTHORIZER_H
#define BFF_EDGE_AUTHORIZER_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache_worker.h"
#include "bff/edge/authorizer_identity.h"
#include "bff/edge/authorizer_settings.h"
#include "bff/edge/verdict.h"
#include "bff/upstream/upstream.h"

#define AUTHORIZER_BYTES ((size_t)16 * 1024 * 1024) /* of the cache of verdicts */

struct authorizer;        /* of one generation */
struct authorizer_worker; /* its part in one worker: the calls under way */

/* ${settings} must outlive the result. */
struct authorizer *authorizer_new(const struct authorizer_settings *settings);
void authorizer_free(struct authorizer *authorizer); /* NULL: does nothing */

/* True when a request with ${path}, as the client wrote it, must be asked about. */
bool authorizer_covers(const struct authorizer *authorizer, struct text path, struct pool *pool);

/* Returns the settings of authorizer_new. */
const struct authorizer_settings *authorizer_settings_of(const struct authorizer *authorizer);

/* ${verdicts} and ${upstream} must outlive the result. */
struct authorizer_worker *authorizer_worker_new(struct authorizer *authorizer,
                                                struct cache_worker *verdicts,
                                                struct upstream *upstream);

/* Gives up the calls under way. No request may wait. NULL: does nothing. */
void authorizer_worker_free(struct authorizer_worker *worker);

enum authorizer_decision {
    AUTHORIZER_ALLOW,
    AUTHORIZER_ALLOW_STALE, /* by an older verdict, because the authorizer has failed */
    AUTHORIZER_DENY,
    AUTHORIZER_FAILED, /* there is no verdict */
    AUTHORIZER_NOBODY, /* the request has nothing that says who asks; the authorizer is not asked */
    AUTHORIZER_AMBIGUOUS, /* the request says it in two ways */
    AUTHORIZER_WAITS,     /* ask->done will be called */
};

/* A question about one request, in the request's pool. */
struct authorizer_ask {
    /* To be set before authorizer_ask. */
    const struct request *request;
    struct text path;      /* of the request, normalised */
    struct caller *caller; /* an allow may change it: the user, and the fields for services */
    void (*done)(struct authorizer_ask *ask, enum authorizer_decision decision);
    void *cookie;

    int64_t until_ns; /* with AUTHORIZER_WAITS: when the user must call authorizer_late */

    /* authorizer.c's own */
    struct authorizer_worker *worker;
    struct authorizer_identity identity;
    struct verdict_ask *verdict;
};

/* Asks. ${ask->done} is called once, from the loop, if AUTHORIZER_WAITS is returned. */
enum authorizer_decision authorizer_ask(struct authorizer_worker *worker,
                                        struct authorizer_ask *ask);

/* Stops waiting: done is not called. Idempotent. */
void authorizer_leave(struct authorizer_ask *ask);

/* The time is over, after authorizer_leave. Returns AUTHORIZER_ALLOW_STALE or AUTHORIZER_FAILED. */
enum authorizer_decision authorizer_late(struct authorizer_ask *ask);

/* Returns a word for the log: "allow", "stale", "deny", "failed"; NULL: nobody was asked. */
const char *authorizer_word(enum authorizer_decision decision);

#endif
