/*
 * How large a member of a request's body may be, and which texts it may be: the columns .min, .max,
 * .is_whole and .words of a row of .body. They are made at start, and do not change afterwards.
 */
#ifndef BFF_COMPOSE_INPUT_BOUNDS_H
#define BFF_COMPOSE_INPUT_BOUNDS_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/json/json.h"
#include "bff/json/json_print.h"

#define INPUT_BOUNDS_LEAST_MAX 1000 /* the largest .min: a sample has so many items */

struct input_bounds {
    unsigned min, max; /* 0: none */
    bool is_whole;
    struct text words; /* absent: none */
    const char *what;  /* "must be a whole number from 1 to 5"; NULL: there are no bounds */
};

/* Reads the columns of ${row}, whose kind is valid. Returns NULL, or words that say what is wrong
 * with them. */
const char *input_bounds_make(struct pool *pool, const struct bff_body *row,
                              struct input_bounds *out);

/* True when ${value}, which is of the kind of the row, is within ${bounds}. */
bool input_bounds_fit(const struct input_bounds *bounds, struct json value, struct pool *pool);

/* Prints a number, a text or a list that is within ${bounds}. The items of the list are {}. */
void input_bounds_sample(struct json_print *out, const struct input_bounds *bounds,
                         enum bff_body_kind kind);

#endif
