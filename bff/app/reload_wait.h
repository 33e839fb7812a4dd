/* Requests that have asked for a reload and wait for its outcome. A worker never waits: the first
 * thread sends the outcome as a message. */
#ifndef BFF_APP_RELOAD_WAIT_H
#define BFF_APP_RELOAD_WAIT_H

#include <h2o/linklist.h>

#include "bff/app/process.h"
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

/* ${done} is called once, in the worker's thread, unless reload_wait_end was called before. The
 * outcome lives until ${done} returns. */
struct reload_wait {
    h2o_linklist_t link;
    unsigned long ticket;
    void (*done)(struct reload_wait *wait, const struct reload_outcome *outcome);
};

struct reload_waits;

/* For the first thread. */
struct reload_waits *reload_wait_new(struct process *process);

/* Returns the last ticket that was given out. */
unsigned long reload_wait_asked(const struct reload_waits *waits);

/* Ends the waits of all tickets up to outcome->upto, and frees ${outcome}, which is from
 * reload_wait_outcome. */
void reload_wait_tell(struct reload_waits *waits, struct reload_outcome *outcome);
struct reload_outcome *reload_wait_outcome(const struct reload_waits *waits);

/*
 * For a worker: asks for a reload. ${wait} is all zero but for ${done}. Returns false when the
 * server stops, and then nothing waits.
 */
bool reload_wait_begin(struct worker *worker, struct reload_wait *wait);

/* Ends the wait. The reload goes on. Does nothing for a wait that has ended. */
void reload_wait_end(struct reload_wait *wait);

#endif
