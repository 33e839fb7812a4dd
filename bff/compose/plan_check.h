/* What can be wrong with a composite's table. For plan.c. */
#ifndef BFF_COMPOSE_PLAN_CHECK_H
#define BFF_COMPOSE_PLAN_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/plan.h"
#include "bff/compose/plan_mistakes.h"

/* What a name may be made of. It is printed into JSON and into headers as it is. */
#define PLAN_NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* True when ${text} is not empty and all of its bytes are among ${bytes}. */
bool plan_is_made_of(struct text text, const char *bytes);

/* The rows before the one that ends the table, counted up to one more than there may be. */
size_t plan_row_count(const struct bff_composite *composite);
size_t plan_field_count(const struct bff_composite *composite);

/* Checks what can be seen in the rows as they are written. If no mistake was told, the route, the
 * rows and the names in them can be relied on. */
void plan_check_table(struct plan_mistakes *mistakes);
void plan_check_route(struct plan_mistakes *mistakes); /* called by it */
void plan_check_access(struct plan_mistakes *mistakes);

/* Checks what is only known once ${plan} is made: owner, members, readers, ask functions. */
void plan_check_whole(struct plan_mistakes *mistakes, const struct plan *plan, struct pool *pool);

#endif
