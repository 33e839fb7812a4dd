/* What can be wrong with a composite's table. For planner.c. */
#ifndef BFF_COMPOSE_PLANNER_CHECK_H
#define BFF_COMPOSE_PLANNER_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/plan.h"
#include "bff/compose/planner_mistakes.h"

/* What a name may be made of. It is printed into JSON and into headers as it is. */
#define PLANNER_NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* True when ${text} is not empty and all of its bytes are among ${bytes}. */
bool planner_is_made_of(struct text text, const char *bytes);

/* The rows before the one that ends the table, counted up to one more than there may be. */
size_t planner_row_count(const struct bff_composite *composite);
size_t planner_field_count(const struct bff_composite *composite);

/* Checks what can be seen in the rows as they are written. If no mistake was told, the route, the
 * rows and the names in them can be relied on. */
void planner_check_table(struct planner_mistakes *mistakes);
void planner_check_route(struct planner_mistakes *mistakes); /* called by it */
void planner_check_access(struct planner_mistakes *mistakes);

/* Checks what is only known once ${plan} is made: owner, members, readers, ask functions. */
void planner_check_whole(struct planner_mistakes *mistakes, const struct plan *plan,
                         struct pool *pool);

#endif
