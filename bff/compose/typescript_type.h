/* Prints shapes as types of TypeScript. */
#ifndef BFF_COMPOSE_TYPESCRIPT_TYPE_H
#define BFF_COMPOSE_TYPESCRIPT_TYPE_H

#include <stdio.h>

#include "bff/compose/types.h"

/* Where to print. */
struct typescript_out {
    FILE *file;
    const struct types *types;
};

/* Prints the type of ${shape}, by its name when it has one. Lines of an object begin with ${depth}
 * times two spaces. */
void typescript_type_print(const struct typescript_out *out, const struct shape *shape,
                           unsigned depth);

/* Prints the declaration of a type with a name that is not the type of errors. */
void typescript_type_declare(const struct typescript_out *out, const struct types_named *named);

/* Prints the type of a text that is always ${text}. */
void typescript_type_text(FILE *file, struct text text);

/* Prints the name of a member, in quotes when it is no identifier. */
void typescript_type_key(FILE *file, struct text name);

#endif
