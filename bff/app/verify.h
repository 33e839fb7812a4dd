/* --verify: compares an answer of a composite with its shapes. */
#ifndef BFF_APP_VERIFY_H
#define BFF_APP_VERIFY_H

#include "bff/compose/page.h"

#define EXIT_DRIFT 1 /* the answer differs from the shapes */

/*
 * Reads an answer of the composite ${route}, "GET /api/products/:id", from standard input. Prints a
 * line for each member that is missing, of another kind, or not in the shapes, and a last line with
 * the number of values that were compared and the parts that were not. Returns the exit status: 0
 * when nothing differs, EXIT_DRIFT, or EXIT_CONFIG when there is no such composite or the input is
 * no answer.
 */
int verify(const struct pages *pages, const char *route);

#endif
