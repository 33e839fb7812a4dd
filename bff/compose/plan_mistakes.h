/* The mistakes of a composite as text, one line for each. */
#ifndef BFF_COMPOSE_PLAN_MISTAKES_H
#define BFF_COMPOSE_PLAN_MISTAKES_H

#include <stddef.h>

#include "bff/compose/compose.h"

struct plan_mistakes {
    const struct bff_composite *composite;
    char *error; /* the lines, cut off at ${size} */
    size_t size, len;
    size_t count;
};

/* Adds the line "route: what". */
void plan_mistake(struct plan_mistakes *mistakes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a line about row ${i} of the parts: "route: part \"reviews\": what". A row without a name
 * has its number: "route: part 2: what". */
void plan_part_mistake(struct plan_mistakes *mistakes, size_t i, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for row ${i} of the fields: "route: field \"savings\": what". */
void plan_field_mistake(struct plan_mistakes *mistakes, size_t i, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for row ${i} of .query: "route: query \"limit\": what". */
void plan_query_mistake(struct plan_mistakes *mistakes, size_t i, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
