/*
 * The shapes of what a composite answers. They are made at start from the columns .shape, .pick,
 * .kind and .many. --check, --verify, --openapi and --typescript read them; no request does.
 */
#ifndef BFF_COMPOSE_PLAN_SHAPES_H
#define BFF_COMPOSE_PLAN_SHAPES_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/compose/plan.h"
#include "bff/compose/shape.h"

struct plan_shapes {
    /*
     * Of each part, in the order of plan->parts: the shape of the value that the client gets when
     * the part is fulfilled, so after .pick and with computed members. With BFF_LIST and .many it
     * is a list; an item of .many may be null. A part without .shape has what its kind says. Never
     * NULL, also for hidden parts. A fallback need not have this shape.
     */
    const struct shape **parts;
    /* Of each computed member: what its function prints, or &shape_anything. It is null instead
     * when a part that it reads was rejected. */
    const struct shape **fields;
};

/*
 * Makes the shapes of ${plan} in ${pool}. Returns NULL on a mistake in a column .shape, or a .pick
 * that names what the shape does not have, and then ${error} has a line for each.
 */
const struct plan_shapes *plan_shapes_make(struct pool *pool, const struct plan *plan,
                                           const struct shape_files *files, char *error,
                                           size_t error_size);

#endif
