/* Makes the computed members of a plan, at start. For plan_make.c. */
#ifndef BFF_COMPOSE_PLAN_FIELDS_H
#define BFF_COMPOSE_PLAN_FIELDS_H

#include "bff/base/pool.h"
#include "bff/compose/plan.h"
#include "bff/compose/plan_mistakes.h"

/* The parts of ${plan} must be complete. The rows of the fields have been checked by
 * plan_check_table. Here the paths in .into are checked. */
void plan_fields_make(struct plan *plan, struct pool *pool, struct plan_mistakes *mistakes);

#endif
