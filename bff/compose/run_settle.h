/* Settles the items and parts of a run, each once. For run.c. */
#ifndef BFF_COMPOSE_RUN_SETTLE_H
#define BFF_COMPOSE_RUN_SETTLE_H

#include <stddef.h>

#include "bff/base/reason.h"
#include "bff/compose/run.h"

/* Settles ${item} with the result of its call. The call must have ended. The row of the part
 * decides whether the item is fulfilled or rejected. */
void run_settle_by_call(struct run *run, struct run_item *item);

/* Settles ${item}, for which there is nothing to ask. It is rejected only when its part is required
 * and is no list. */
void run_settle_nothing(struct run *run, struct run_item *item);

/* Settles ${item} with ${reason} and without a value. */
void run_settle_item(struct run *run, struct run_item *item, enum reason reason);

/* Settles part ${i}. All its items must have settled. */
void run_settle_complete(struct run *run, size_t i);

/* Settles part ${i} as a whole with ${reason} and ${status}. */
void run_settle_part(struct run *run, size_t i, enum reason reason, int status);

/* Settles part ${i} without a call: it is fulfilled, and its value is the fallback. */
void run_settle_left_out(struct run *run, size_t i);

/* Does that for the parts that the client has not chosen and nobody needs. To be called before a
 * part starts. */
void run_settle_unchosen(struct run *run);

/*
 * When ${item} belongs to a batch (ask_batch), replaces its value, which is the whole answer, by
 * its own object in the answer. The value is JSON_NONE, and the reason is returned, when the answer
 * does not have it: then item->status is 404. Does nothing for any other item. Called by
 * run_settle.c.
 */
enum reason run_settle_batch(struct run *run, struct run_item *item);

#endif
