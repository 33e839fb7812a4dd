/* The shapes of what a composite answers, made of the shapes of its parts. */
#ifndef BFF_COMPOSE_TYPES_ANSWER_H
#define BFF_COMPOSE_TYPES_ANSWER_H

#include "bff/base/pool.h"
#include "bff/compose/plan.h"
#include "bff/compose/plan_shapes.h"
#include "bff/compose/shape.h"

/* A plan and the shapes that belong to it. */
struct types_answer {
    struct pool *pool;
    const struct plan *plan;
    const struct plan_shapes *shapes;
    const struct shape *errors; /* of the member errors */
};

/* Returns the shape of the value of part ${i}, or of its fallback. */
const struct shape *types_answer_member(const struct types_answer *of, size_t i);

/* Returns the shape of the answer with status 200. */
const struct shape *types_answer_shape(const struct types_answer *of);

/* Returns the shape of the answer when a required part was rejected; NULL when there is no such
 * part. */
const struct shape *types_answer_failure(const struct types_answer *of);

#endif
