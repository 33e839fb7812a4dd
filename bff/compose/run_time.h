/* The time limits of a run: of each part, and of all parts together. For run.c. */
#ifndef BFF_COMPOSE_RUN_TIME_H
#define BFF_COMPOSE_RUN_TIME_H

#include <stdint.h>

#include "bff/compose/run.h"

/* Rejects the parts whose time is over, as `timeout`. When the budget is over, these are all parts
 * that have not settled, including those that have not started. A part that changes data waits
 * until it is known what became of its call (run_change.h). */
void run_time_out(struct run *run);

/* Sets the timer of the run to the time of its next limit. */
void run_time_set(struct run *run);

#endif
