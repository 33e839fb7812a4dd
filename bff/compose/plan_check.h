/* Checks the table of a composite for mistakes. For plan_make.c. */
#ifndef BFF_COMPOSE_PLAN_CHECK_H
#define BFF_COMPOSE_PLAN_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/plan.h"
#include "bff/compose/plan_mistakes.h"

/* The bytes that a name may have. Names are printed unchanged into JSON and into headers. */
#define PLAN_NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* True when ${text} is not empty and every byte of it is one of ${bytes}. */
bool plan_is_made_of(struct text text, const char *bytes);

/* The number of parts. Empty rows at the end of the table do not count. */
size_t plan_row_count(const struct bff_composite *composite);

/* Returns the number of computed members. Empty rows at the end of the table do not count. */
size_t plan_field_count(const struct bff_composite *composite);

/* Returns the number of rows of .body. Empty rows at the end of the table do not count. */
size_t plan_body_count(const struct bff_composite *composite);

/* Returns the number of query parameters. Empty rows at the end of the table do not count. */
size_t plan_query_count(const struct bff_composite *composite);

/* Checks the table without a plan. When it adds no mistake, the route, the rows and the names in
 * them are valid. */
void plan_check_table(struct plan_mistakes *mistakes);
void plan_check_route(struct plan_mistakes *mistakes); /* called by plan_check_table */
void plan_check_access(struct plan_mistakes *mistakes);
void plan_check_fields(struct plan_mistakes *mistakes);
void plan_check_body(struct plan_mistakes *mistakes);
void plan_check_query(struct plan_mistakes *mistakes); /* with .may_choose */

/* Checks what needs a complete plan: owner, members, readers, ask functions. Notes in ${plan} which
 * parts change data. */
void plan_check_whole(struct plan_mistakes *mistakes, struct plan *plan, struct pool *pool);
void plan_check_changes(struct plan_mistakes *mistakes,
                        const struct plan *plan); /* called by plan_check_whole */
void plan_check_budgets(struct plan_mistakes *mistakes,
                        const struct plan *plan); /* called by plan_check_whole */

#endif
