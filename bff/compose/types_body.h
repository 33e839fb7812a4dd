/* The shape of a request's body, made of the rows of .body. */
#ifndef BFF_COMPOSE_TYPES_BODY_H
#define BFF_COMPOSE_TYPES_BODY_H

#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/compose/shape.h"

/* Returns the shape of the bodies that ${rows} allow. */
const struct shape *types_body_shape(struct pool *pool, const struct bff_bodies *rows);

#endif
