/*
 * A composite as the engine runs it: its table checked, names resolved to places, constant text
 * prepared. Made once at boot, constant afterwards, shared by all workers.
 */
#ifndef BFF_COMPOSE_PLAN_H
#define BFF_COMPOSE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/compose.h"
#include "bff/compose/pick.h"

#define PLAN_NO_PART (-1)
#define PLAN_BUDGET_MS 1000 /* when the composite names none */
#define PLAN_AT_ONCE 8      /* when a list part names none */

struct plan_part {
    const struct bff_part *row;
    int after;               /* the place of the part waited for, or PLAN_NO_PART */
    uint32_t timeout_ms;     /* never 0: the budget when the row names none */
    unsigned at_once;        /* never 0 */
    enum bff_kind kind;      /* of its value, or of each item's; what .pick implies included */
    struct json fallback;    /* never absent */
    const struct pick *pick; /* NULL: all of it */
    struct text name;
    struct text key;  /* ",\"recentOrders\":" */
    bool is_read;     /* its value is read: by a field or by a later part */
    bool keep_slices; /* the same, or picked from: its calls keep an index of their bodies */
};

struct plan_field {
    const struct bff_field *row;
    int of;          /* the place of its part */
    struct text key; /* ",\"savings\":" */
};

struct plan {
    const struct bff_composite *composite;
    struct text method;    /* "GET" */
    struct text path;      /* "/api/products/:id" */
    struct text *segments; /* of the path: "api", "products", ":id" */
    size_t segment_count;
    struct text *params; /* "id": names in the order of the path */
    size_t param_count;
    uint32_t budget_ms;
    struct plan_part *parts;
    size_t part_count;
    struct plan_field *fields;
    size_t field_count;
    int owner_param;        /* the owner is this parameter; or PLAN_NO_PART */
    int owner_part;         /* the owner stands in this part; or PLAN_NO_PART */
    const char *owner_path; /* and there: "userId" */
    struct text failure; /* "{\"error\":\"Failed to ...\",\"part\":", which a part's name follows */
    size_t bytes;        /* of keys, fallbacks and the rest that is not a service's, about */
};

/* True when two plans claim the same requests: same method, and segments equal where neither is a
 * parameter. The build is refused then. */
bool plan_collides(const struct plan *a, const struct plan *b);

/* The place of the parameter or part ${name}, or -1. */
int plan_param(const struct plan *plan, struct text name);
int plan_part(const struct plan *plan, struct text name);

#endif
