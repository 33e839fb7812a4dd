/*
 * The types of what a build answers: --openapi and --typescript print them. They are made from the
 * plans and their shapes when the program is asked for them; no request needs them.
 */
#ifndef BFF_COMPOSE_TYPES_H
#define BFF_COMPOSE_TYPES_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/page.h"
#include "bff/compose/plan.h"
#include "bff/compose/plan_shapes.h"
#include "bff/compose/shape.h"

/* The types of a composite. */
struct types_page {
    const struct plan *plan;
    const struct plan_shapes *shapes;
    struct text name;            /* "Dashboard" */
    const struct shape *answer;  /* of the answer with status 200 */
    const struct shape *errors;  /* of its member errors. types_fates.h says what it has */
    const struct shape *failure; /* when a required part was rejected; NULL: there is none */
    const struct shape *body;    /* of the request's body; NULL: it has none */
};

/* A type with a name. */
struct types_named {
    struct text name; /* "Dashboard", "DashboardUser", "Order" */
    const struct shape *shape;
    const struct types_page *errors_of; /* it is the type of the member errors; or NULL */
};

struct types {
    struct pool *pool;
    struct types_page *pages;
    size_t page_count;
    struct types_named *named; /* those of the composites, and then those of schema files */
    size_t named_count, named_capacity;
};

/* Makes the types of ${pages} in ${pool}. */
const struct types *types_make(struct pool *pool, const struct pages *pages);

/* Returns the name of ${shape}; an absent text when it has none, and is to be written out. */
struct text types_name(const struct types *types, const struct shape *shape);

/* Returns the shape of the answer's member for part ${i}: of its value, or of its fallback. */
const struct shape *types_member(const struct types *types, const struct types_page *page,
                                 size_t i);

#endif
