/* The schema files of a build, while and after they are read. For shape_read.c and shape_find.c. */
#ifndef BFF_COMPOSE_SHAPE_FILES_H
#define BFF_COMPOSE_SHAPE_FILES_H

#include <stddef.h>

#include "bff/compose/shape.h"

/* A schema in $defs, or the root of a file: then the name is absent. */
struct shape_def {
    struct text name;
    struct json schema;
    struct shape *shape; /* is filled by shape_read.c */
};

struct shape_file {
    struct text name; /* "users.schema.json" */
    struct shape_def *defs;
    size_t def_count;
};

struct shape_files {
    struct shape_file *rows;
    size_t count;
};

/*
 * Returns the schema at ${place}, "FILE#/$defs/NAME", "#/$defs/NAME" in ${file}, or "FILE" for the
 * root of a file. A schema that is only a $ref is followed. ${file} may be NULL. Returns NULL when
 * there is none, and then ${*wrong} is a sentence about it, in ${pool}.
 */
const struct shape_def *shape_files_find(const struct shape_files *files,
                                         const struct shape_file *file, struct pool *pool,
                                         struct text place, const char **wrong);

/* Returns the kind of the word in "type", such as "string"; 0: there is no such word. */
unsigned shape_kind_of_type(struct text type);

#endif
