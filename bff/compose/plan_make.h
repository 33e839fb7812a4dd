/* Making a plan of a composite's table. It lies above ask.h, as it tries each part's .ask. */
#ifndef BFF_COMPOSE_PLAN_MAKE_H
#define BFF_COMPOSE_PLAN_MAKE_H

#include "bff/compose/plan.h"

/*
 * Checks ${composite} and makes its plan in ${pool}, which lives for ever. Returns NULL and writes
 * to ${error} (as much as fits ${error_size}) what is wrong and in which row, a line for each
 * mistake, without a newline behind the last:
 *     GET /api/products/:id: part "reviews": .after names "prodcut", which is no part above it
 */
const struct plan *plan_make(struct pool *pool, const struct bff_composite *composite, char *error,
                             size_t error_size);

#endif
