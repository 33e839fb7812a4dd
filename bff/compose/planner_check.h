/* Checks the table of a composite for mistakes. For planner.c. */
#ifndef BFF_COMPOSE_PLANNER_CHECK_H
#define BFF_COMPOSE_PLANNER_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/plan.h"
#include "bff/compose/planner_mistakes.h"

/* The bytes of a name. Names are printed unchanged into JSON and into headers. */
#define PLANNER_NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* True when ${text} is not empty and every byte of it is one of ${bytes}. */
bool planner_is_made_of(struct text text, const char *bytes);

/* The number of rows before the row that ends the table. Counts to one more than the most allowed.
 */
size_t planner_row_count(const struct bff_composite *composite);
size_t planner_field_count(const struct bff_composite *composite);

/* Checks the rows as they are written. When no mistake was added, the route, the rows and the names
 * in them are valid. */
void planner_check_table(struct planner_mistakes *mistakes);
void planner_check_route(struct planner_mistakes *mistakes); /* called by planner_check_table */
void planner_check_access(struct planner_mistakes *mistakes);

/* Checks what needs a complete plan: owner, members, readers, ask functions. */
void planner_check_whole(struct planner_mistakes *mistakes, const struct plan *plan,
                         struct pool *pool);

#endif
