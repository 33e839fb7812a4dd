/* Prints composites for people, for --routes. */
#ifndef BFF_APP_COMPOSITE_LIST_H
#define BFF_APP_COMPOSITE_LIST_H

#include <stdio.h>

struct plan;

/* Prints a line for the composite of ${plan}, for each of its parts and for each of its computed
 * members. */
void composite_list_print(const struct plan *plan, FILE *out);

#endif
