/* What is wrong with a composite, as text: a line for each mistake. */
#ifndef BFF_COMPOSE_PLANNER_MISTAKES_H
#define BFF_COMPOSE_PLANNER_MISTAKES_H

#include <stddef.h>

#include "bff/compose/compose.h"

struct planner_mistakes {
    const struct bff_composite *composite;
    char *error; /* the lines; as many as fit ${size} */
    size_t size, len;
    size_t count;
};

/* Adds "route: what"; with ${where} "route: where: what". */
void planner_mistake(struct planner_mistakes *mistakes, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same of row ${i} of the parts: "route: part \"reviews\": what". */
void planner_part_mistake(struct planner_mistakes *mistakes, size_t i, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
