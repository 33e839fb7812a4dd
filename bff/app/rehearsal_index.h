/* The page that shows the outcomes of a rehearsal to people. For rehearsal.c. */
#ifndef BFF_APP_REHEARSAL_INDEX_H
#define BFF_APP_REHEARSAL_INDEX_H

#include <stdio.h>

#include "bff/app/rehearsal.h"

/* Prints index.html: a table with a row for each outcome and a column for each part. It needs no
 * script and no other file. */
void rehearsal_index_print(const struct rehearsal *rehearsal, FILE *file);

#endif
