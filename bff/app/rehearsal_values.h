/* What the requests of a rehearsal have: parameters and a body. For rehearsal.c. */
#ifndef BFF_APP_REHEARSAL_VALUES_H
#define BFF_APP_REHEARSAL_VALUES_H

#include "bff/app/process.h"
#include "bff/app/rehearsal.h"

#define REHEARSAL_RECORDS 20 /* of a mock service that are tried for a parameter */

/* Checks --with, and reads --body or makes a body of .body. Returns NULL, or a sentence about a
 * mistake. */
const char *rehearsal_values_begin(struct rehearsal *rehearsal);

/*
 * Sets the parameters and the path of the request number ${attempt}. A parameter that --with does
 * not name gets the id of a record of the mock services: "userId" gets one of the service "users",
 * and "id" gets one of the service that the segment before it names. ${attempt} 0 is the first
 * record. Returns NULL; or a sentence when there is no such record.
 */
const char *rehearsal_values_set(struct rehearsal *rehearsal, const struct process *process,
                                 size_t attempt);

#endif
