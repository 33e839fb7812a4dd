/* What the files of ask share to describe a call. For ask.c and ask_NAME.c. */
#ifndef BFF_COMPOSE_ASK_DESCRIBE_H
#define BFF_COMPOSE_ASK_DESCRIBE_H

#include "bff/compose/ask.h"

/* Records a mistake of the composite: ${format} with ${about} in place of its "%s". Only
 * ask_rehearse, at start, may find one: later there must be none. */
void ask_mistake(struct bff_ask *ask, const char *format, const char *about);

/* Begins one more call for the function ${by}, after it has completed the call before. Returns
 * NULL when there are too many calls, and for a wrong ${service} or ${path}. */
struct ask_call *ask_begin(struct bff_ask *ask, const char *by, const struct bff_service *service,
                           const char *path);

/* Adds one more call, which the caller fills. */
struct ask_call *ask_add_call(struct bff_ask *ask);

/* The function ${by} would add one more call, and ${why} says what is wrong when the row has no
 * .many. Returns true when the row allows no more. */
bool ask_is_full(struct bff_ask *ask, const char *why, const char *by);

/* Completes the call that is being described, or the batch. */
void ask_end_call(struct bff_ask *ask);

/* Add to the target that is being described, the second one percent-encoded. */
void ask_target_add(struct bff_ask *ask, struct text text);
void ask_target_encode(struct bff_ask *ask, struct text text);

/* Returns the target that has been described, and begins the next one. */
struct text ask_take_target(struct bff_ask *ask);

/* Completes the batch: distributes its items to calls. Called by ask.c. */
void ask_batch_end(struct bff_ask *ask);

/* Returns the call that is being described. NULL before the first ask_get, and when there are too
 * many calls. */
struct ask_call *ask_current(struct bff_ask *ask);

/* Completes ${call}, which has a method: its body and the header fields of the body. Called by
 * ask.c when the description of the call ends. */
void ask_change_end(struct bff_ask *ask, struct ask_call *call);

/* Completes the JSON that the functions ask_body_NAME have written for ${call}, if they have. */
void ask_body_close(struct bff_ask *ask, struct ask_call *call);

/* Returns a value for each row of .query that its row allows. Called by ask_rehearse.c. */
const struct text *ask_query_rehearsal(const struct plan *plan, struct pool *pool);

#endif
