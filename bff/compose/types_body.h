/* The shape of a request's body, made of what the rows of .body say. */
#ifndef BFF_COMPOSE_TYPES_BODY_H
#define BFF_COMPOSE_TYPES_BODY_H

#include "bff/base/pool.h"
#include "bff/compose/input_spec.h"
#include "bff/compose/shape.h"

/* Returns the shape of the values that ${node} allows. */
const struct shape *types_body_shape(struct pool *pool, const struct input_node *node);

#endif
