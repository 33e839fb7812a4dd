/* Requests that have asked for a reload and wait for its outcome. A worker never waits: the first
 * thread sends the outcome as a message. */
#ifndef BFF_APP_AWAITED_RELOAD_H
#define BFF_APP_AWAITED_RELOAD_H

#include <h2o/linklist.h>

#include "bff/app/first_thread.h"
#include "bff/http/server.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * How a reload has ended.
 *
 *   status   200; 422: a mistake, and nothing has changed; 503: the server stops
 *   message  for the body of the refusal
 *   members  of the body, "\"generation\":2"; absent: none
 */
struct reload_outcome {
    int status;
    const char *message;
    struct text members;
    unsigned long upto;       /* the last ticket that it is for */
    struct pool *pool;        /* of ${members} */
    _Atomic unsigned workers; /* that still need it */
};

/* ${done} is called once, in the worker's thread, unless awaited_reload_end was called before. The
 * outcome lives until ${done} returns. */
struct awaited_reload {
    h2o_linklist_t link;
    unsigned long ticket;
    void (*done)(struct awaited_reload *wait, const struct reload_outcome *outcome);
};

struct awaited_reloads;

/* For the first thread. */
struct awaited_reloads *awaited_reload_new(unsigned workers);

/* Returns the last ticket that was given out. */
unsigned long awaited_reload_asked(const struct awaited_reloads *waits);

/* No reload follows: awaited_reload_begin returns false from now on. The waits that have begun are
 * then to be ended by awaited_reload_tell. */
void awaited_reload_stop(struct awaited_reloads *waits);

/* Ends the waits of all tickets up to outcome->upto, and frees ${outcome}, which is from
 * awaited_reload_outcome. */
void awaited_reload_tell(struct server *server, struct reload_outcome *outcome);
struct reload_outcome *awaited_reload_outcome(const struct awaited_reloads *waits);

/*
 * For a worker: asks for a reload. The caller has set all of ${wait} to zero, except ${done}.
 * Returns false when the server stops or another process has taken its place, and then nothing
 * waits.
 */
bool awaited_reload_begin(struct worker *worker, struct awaited_reload *wait);

/* Ends the wait. The reload goes on. Does nothing for a wait that has ended. */
void awaited_reload_end(struct awaited_reload *wait);

#endif
