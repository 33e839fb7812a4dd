/* The computed members of an answer. For answer_body.c. */
#ifndef BFF_COMPOSE_ANSWER_FIELDS_H
#define BFF_COMPOSE_ANSWER_FIELDS_H

#include "bff/compose/pick.h"
#include "bff/compose/run.h"
#include "bff/json/json_print.h"

struct answer_fields {
    const struct run *run;
    struct json_print out; /* what has been printed, one value after the other */
    bool has_told;         /* an event has named a member whose function has a mistake */
};

void answer_fields_init(struct answer_fields *fields, const struct run *run);

/*
 * Prints field ${i} for ${object}, which gets the member and has this ${place}. For a member of the
 * answer, the object is JSON_NONE. Returns one JSON value, valid until the answer has been sent. It
 * is null when the field prints nothing, or when a part that it reads was rejected. It is also null
 * when the field's function does not print exactly one value; then an event in the log names it.
 */
struct text answer_fields_print(struct answer_fields *fields, size_t i, struct json object,
                                size_t place);

/* For a part with computed members in it. ${part} gives the number of lists. */
struct pick_fill answer_fields_fill(struct answer_fields *fields, const struct plan_part *part);

#endif
