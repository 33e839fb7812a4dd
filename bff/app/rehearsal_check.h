/* Compares the answers of a rehearsal with the types that the build prints. For rehearsal.c. */
#ifndef BFF_APP_REHEARSAL_CHECK_H
#define BFF_APP_REHEARSAL_CHECK_H

#include "bff/app/rehearsal.h"

/* Writes a line to standard error for each member of the answer of ${outcome} that its type does
 * not have, with the name of its file, and adds their number to rehearsal->wrong. */
void rehearsal_check(struct rehearsal *rehearsal, const struct rehearsal_outcome *outcome);

#endif
