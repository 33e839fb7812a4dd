/* Prints shapes as JSON Schema, for an OpenAPI document. */
#ifndef BFF_COMPOSE_OPENAPI_SHAPE_H
#define BFF_COMPOSE_OPENAPI_SHAPE_H

#include "bff/compose/types.h"
#include "bff/json/json_print.h"

/* Prints the schema of ${shape}. A shape with a name is a $ref to it. */
void openapi_shape_print(struct json_print *out, const struct types *types,
                         const struct shape *shape);

/* Prints the schemas of all types with a name, as members of an object. */
void openapi_shape_print_named(struct json_print *out, const struct types *types);

#endif
