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

#endif
