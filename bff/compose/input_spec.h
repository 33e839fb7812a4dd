/*
 * What the JSON body of a request must be: the rows of the column .body as a tree. It is made at
 * start, and does not change afterwards.
 *
 * A path names a member: "address.city". "[]" after a name means each item of the list there:
 * "items[].productId", "tags[]". A member on the way of a path, for which there is no row, is an
 * object or a list, and it must be there when a required member is below it. What is below an
 * optional member counts only when the member is there.
 */
#ifndef BFF_COMPOSE_INPUT_SPEC_H
#define BFF_COMPOSE_INPUT_SPEC_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/compose.h"
#include "bff/compose/input_bounds.h"
#include "bff/json/json.h"

#define INPUT_SPEC_STEPS_MAX 32  /* names and "[]" of a path */
#define INPUT_SPEC_ROWS_MAX 1000 /* of a table */

/* A member of the body, the items of a list, or the body itself. */
struct input_node {
    struct text name;         /* absent for the root and for items */
    struct text key;          /* the name as JSON, with quotes */
    struct input_node *first; /* its members, in the order of the rows */
    struct input_node *next;  /* the next member of the same object */
    struct input_node *items; /* NULL: no row is about items */
    enum bff_body_kind kind;
    bool has_row, is_optional;
    bool is_required;           /* by its row; without a row, because something below it is */
    struct input_bounds bounds; /* of its row */
};

struct input_spec {
    struct pool *pool; /* contains the tree and the words */
    struct input_node root;
    size_t count; /* rows */
};

/* What is wrong with a body. */
struct input_mistake {
    struct text path; /* "items[0].productId"; absent: the whole body */
    const char *what; /* "is missing" */
};

/* Begins without a row: any JSON is good, and also no body. */
void input_spec_init(struct input_spec *spec, struct pool *pool);

/* Adds a row. Returns NULL, or words that say what is wrong with it. */
const char *input_spec_add(struct input_spec *spec, const struct bff_body *row);

/* True when a body is needed. */
static inline bool input_spec_needs_body(const struct input_spec *spec)
{
    return spec->root.is_required;
}

/* True when the body must be an object. */
static inline bool input_spec_is_object(const struct input_spec *spec) { return spec->count > 0; }

/* Checks ${body}. Returns false, and writes to ${mistake} the first member, in the order of the
 * rows, that is missing or of another kind. */
bool input_spec_check(const struct input_spec *spec, struct json body, struct pool *pool,
                      struct input_mistake *mistake);

/* True when a row is about the member at the dotted ${path}, or about a member that it is in, or
 * that is in it. */
bool input_spec_has(const struct input_spec *spec, struct text path);

/* Returns a body that is good. Each list has one item. It has the optional members only with
 * ${is_full}. JSON_NONE: there is no row. */
struct json input_spec_sample(const struct input_spec *spec, struct pool *pool, bool is_full);

#endif
