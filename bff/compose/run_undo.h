/*
 * Takes back what the parts of a run have changed, because a required part was rejected after them:
 * calls the .undo functions of these parts in reverse order, one after the other. Each call is sent
 * again when it fails, with the same Idempotency-Key. For run.c.
 */
#ifndef BFF_COMPOSE_RUN_UNDO_H
#define BFF_COMPOSE_RUN_UNDO_H

#include <stdbool.h>

#include "bff/base/clock.h"
#include "bff/compose/run.h"

#define RUN_UNDO_TOTAL_NS (20000 * CLOCK_MS) /* for all calls together */

/*
 * To be called when a required part was rejected and no call is under way. Returns false when there
 * is nothing to take back. Otherwise ${done} is called once, later. Nothing is taken back when it
 * is not known what one of the parts has changed: an order may need the reservation.
 */
bool run_undo_begin(struct run *run, void (*done)(struct run *run));

/* Ends it without a callback. Does nothing when it has not begun, or is over. */
void run_undo_cancel(struct run *run);

/* The run is about to be cancelled. Writes the event "unresolved" for each change that nobody will
 * take back, and for the one whose call is under way. */
void run_undo_cut(struct run *run);

/* Returns the longest time for all calls that take something back in a run of ${plan}. */
int64_t run_undo_longest_ns(const struct plan *plan);

#endif
