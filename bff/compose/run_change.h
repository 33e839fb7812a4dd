/*
 * A call that changes data, in a run. When its answer does not tell whether the service has made
 * the change, the same call is sent again with the same Idempotency-Key, until an answer tells it.
 * The service makes the change once, and sends its first answer again. docs/undo.md has the rules.
 *
 * At most one such call is open at a time: plan_check_changes.c makes sure of it. For run.c.
 */
#ifndef BFF_COMPOSE_RUN_CHANGE_H
#define BFF_COMPOSE_RUN_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/clock.h"
#include "bff/compose/run.h"

#define RUN_CHANGE_AGAIN 3                    /* how often a call is sent again */
#define RUN_CHANGE_PAUSE_NS (100 * CLOCK_MS)  /* before the first time; then three times as long */
#define RUN_CHANGE_SEND_NS (1500 * CLOCK_MS)  /* the longest time for one of them */
#define RUN_CHANGE_TOTAL_NS (5000 * CLOCK_MS) /* for all of them, after the budget is over */

/* Returns ${headers} with the Idempotency-Key of the call of ${part}, or of the call that undoes
 * it. Stores the key in ${*key}; absent: there is none. */
struct text run_change_headers(const struct run_request *request, struct text headers,
                               struct text part, bool is_undo, struct text *key);

/* ${call}, which changes data, has been sent for the first time. */
void run_change_begin(struct run_call *call);

/* A send of ${call} has ended. Returns true when the outcome of the call is known, or will not be
 * known: then the part has it, and its item must be settled. Otherwise the call is sent again
 * later, and run_time_set must be called. */
bool run_change_is_told(struct run_call *call);

/* ${call} has ended as call->fetch says, and is not sent again: stores the outcome in its part. */
void run_change_settle(struct run_call *call);

/* The time of part ${i} is over. Returns true when the part must not be settled yet, because its
 * call is sent again. */
bool run_change_goes_on(struct run *run, size_t i);

/* To be called when time has passed. Sends the call again when it is due, or ends a send that takes
 * too long. Returns the call when its item must be settled; otherwise NULL. */
struct run_call *run_change_step(struct run *run);

/* A required part was rejected: settles as `unknown` the parts that were not asked, but may have
 * been by an earlier run (run_request.is_again). */
void run_change_settle_rest(struct run *run);

/* The run is about to be cancelled. Writes the event "unresolved" for the call whose outcome is not
 * known. */
void run_change_cut(struct run *run);

/* Returns the pause before the send number ${sends} + 1. */
int64_t run_change_pause_ns(unsigned sends);

/* Write the events "unresolved" and "undone" to the log, about ${call} of part ${i}: "change" or
 * "undo". ${key} is its Idempotency-Key, or absent. */
void run_change_unresolved(const struct run *run, size_t i, const char *call, struct text key);
void run_change_undone(const struct run *run, size_t i, struct text key);

#endif
