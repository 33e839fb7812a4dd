/* The outcomes of a rehearsal. For rehearsal.c. */
#ifndef BFF_APP_REHEARSAL_OUTCOMES_H
#define BFF_APP_REHEARSAL_OUTCOMES_H

#include "bff/app/rehearsal.h"

/*
 * Fills rehearsal->outcomes: the one without a failure, each set of parts that fail by timeout, and
 * each part alone for each reason that it can have (types_fates.h). With more than
 * REHEARSAL_PARTS_MAX parts, the sets have one or two parts. A list part fails in both ways: as a
 * whole, and in each item.
 */
void rehearsal_outcomes_make(struct rehearsal *rehearsal);

#endif
