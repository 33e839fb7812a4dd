/* The files of a rehearsal for programs: handlers of MSW, and their types. For rehearsal.c. */
#ifndef BFF_APP_REHEARSAL_HANDLERS_H
#define BFF_APP_REHEARSAL_HANDLERS_H

#include <stdio.h>

#include "bff/app/rehearsal.h"

/* Prints a module that has the answers inside, and a handler of MSW 2 for each of them. */
void rehearsal_handlers_print(const struct rehearsal *rehearsal, FILE *file);

/* Prints the types of that module. They need the file types.ts, which --typescript prints. */
void rehearsal_handlers_types(const struct rehearsal *rehearsal, FILE *file);

#endif
