/* Prints the types of a build as one file of TypeScript, which needs no other file. */
#ifndef BFF_COMPOSE_TYPESCRIPT_H
#define BFF_COMPOSE_TYPESCRIPT_H

#include <stdio.h>

#include "bff/compose/page.h"

/* Prints the types of all ${pages}. The same pages always give the same text. */
void typescript_print(const struct pages *pages, FILE *file);

#endif
