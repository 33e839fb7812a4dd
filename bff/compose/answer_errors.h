/* How errors of parts are printed in an answer: {"reason":"status","status":500}. */
#ifndef BFF_COMPOSE_ANSWER_ERRORS_H
#define BFF_COMPOSE_ANSWER_ERRORS_H

#include "bff/base/reason.h"
#include "bff/compose/run.h"
#include "bff/json/json_print.h"

/* Prints "reason", and "status" when ${status} is not 0: members of an object, without braces and
 * without a comma before them. */
void answer_errors_reason(struct json_print *out, enum reason reason, int status);

/* Prints the errors of part ${i} as members of an object: "user":{...}. An item of a list part is
 * "products[2]". A comma comes before each member if one is needed. Prints nothing when nothing was
 * rejected. */
void answer_errors_part(struct json_print *out, const struct run *run, size_t i);

/* Prints an object with the errors of all parts. */
void answer_errors_all(struct json_print *out, const struct run *run);

#endif
