/* How the items and parts of a run settle, each once. For run.c. */
#ifndef BFF_COMPOSE_RUN_SETTLE_H
#define BFF_COMPOSE_RUN_SETTLE_H

#include <stddef.h>

#include "bff/base/reason.h"
#include "bff/compose/run.h"

/* ${item} gets what its call, which has ended, brought: as its part's row judges it. Or it is
 * rejected without. */
void run_settle_by_call(struct run *run, struct run_item *item);
void run_settle_item(struct run *run, struct run_item *item, enum reason reason);

/* All items of part ${i} have settled, and so does it. Or it is rejected as a whole. */
void run_settle_complete(struct run *run, size_t i);
void run_settle_part(struct run *run, size_t i, enum reason reason, int status);

#endif
