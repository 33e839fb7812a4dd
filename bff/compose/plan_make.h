/*
 * Makes plans of composites, at start: checks their tables, resolves names to places, and runs
 * their ask functions once without a request to find mistakes in them.
 */
#ifndef BFF_COMPOSE_PLAN_MAKE_H
#define BFF_COMPOSE_PLAN_MAKE_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/compose/plan.h"

/*
 * Checks ${composite} and makes its plan in ${pool}, which must live as long as the plan. When the
 * composite has mistakes, it returns NULL and writes them to ${error}, cut off at ${error_size}:
 * one line for each mistake, without a newline after the last one. An example of such a line:
 *
 *     GET /api/products/:id: part "reviews": .after names "prodcut", which is no part above it
 */
const struct plan *plan_make(struct pool *pool, const struct bff_composite *composite, char *error,
                             size_t error_size);

#endif
