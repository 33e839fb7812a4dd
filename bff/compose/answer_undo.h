/* The member of an error body that says what became of the changes of the parts before the error.
 */
#ifndef BFF_COMPOSE_ANSWER_UNDO_H
#define BFF_COMPOSE_ANSWER_UNDO_H

#include "bff/compose/run.h"
#include "bff/json/json_print.h"

/*
 * Prints ",\"undo\":{\"reserve\":{\"outcome\":\"done\"}}", with a member for each part that has
 * changed something; nothing when no part has. The outcomes are "done", "failed" with the reason,
 * and "kept" when the change was not to be taken back.
 */
void answer_undo_print(struct json_print *out, const struct run *run);

#endif
