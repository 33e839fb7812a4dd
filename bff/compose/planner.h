/*
 * Makes plans of composites, at start: checks their tables, resolves names to places, and runs
 * their ask functions once without a request to find mistakes in them.
 */
#ifndef BFF_COMPOSE_PLANNER_H
#define BFF_COMPOSE_PLANNER_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/compose/plan.h"

/*
 * Checks ${composite} and makes its plan in ${pool}, which lives for ever. Returns NULL and writes
 * to ${error} (as much as fits ${error_size}) what is wrong and in which row, a line for each
 * mistake, without a newline behind the last:
 *     GET /api/products/:id: part "reviews": .after names "prodcut", which is no part above it
 */
const struct plan *planner_make(struct pool *pool, const struct bff_composite *composite,
                                char *error, size_t error_size);

#endif
