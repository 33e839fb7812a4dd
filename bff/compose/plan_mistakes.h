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

/* Adds the line "route: what", or with ${where} "route: where: what". */
void plan_mistake(struct plan_mistakes *mistakes, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a line about row ${i} of the parts: "route: part \"reviews\": what". */
void plan_part_mistake(struct plan_mistakes *mistakes, size_t i, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
