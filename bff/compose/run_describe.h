/* Lets the functions of a row describe a call, for a run. For the files of run. */
#ifndef BFF_COMPOSE_RUN_DESCRIBE_H
#define BFF_COMPOSE_RUN_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/compose/ask.h"
#include "bff/compose/run.h"

/* Runs .when of part ${i} and then its ask function. ${ask} gets the calls. Returns false when
 * .when leaves the part out: then it has settled. */
bool run_describe_ask(struct run *run, size_t i, struct bff_ask *ask);

/* Runs the undo function of part ${i}. ${ask} gets the call, or none. */
void run_describe_undo(struct run *run, size_t i, struct bff_ask *ask);

#endif
