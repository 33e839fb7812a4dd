/* Reads JSON Schema files. For shape_read.c and shape_read_keywords.c. */
#ifndef BFF_COMPOSE_SHAPE_READ_H
#define BFF_COMPOSE_SHAPE_READ_H

#include "bff/compose/shape_files.h"

struct shape_reader {
    struct pool *pool;
    struct shape_files *files;
    const struct shape_file *file; /* that is being read */
    struct shape_union *unions;    /* the shapes with anyOf that have been read */
    FILE *errors;
    unsigned wrong; /* the mistakes so far */
};

/* A schema that is being read. */
struct shape_schema {
    struct json json;
    struct text place; /* "users.schema.json#/$defs/user/properties/name" */
    bool is_root;      /* of a file, so it may have $defs */
};

struct shape_union {
    struct shape *shape;
    struct shape_union *next;
};

/* Writes the line "clients/PLACE: what". */
void shape_read_mistake(struct shape_reader *reader, struct text place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Returns the shape of ${schema}, also after a mistake. */
const struct shape *shape_read_new(struct shape_reader *reader, struct shape_schema schema);

/* Reads the keywords of ${schema}, which is an object without a $ref, into ${shape}. */
void shape_read_keywords(struct shape_reader *reader, struct shape_schema schema,
                         struct shape *shape);

/* True when ${name} is a keyword that may stand beside a $ref: it says nothing about values. */
bool shape_read_is_annotation(struct text name);

#endif
