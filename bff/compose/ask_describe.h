/* What the files of ask share to describe a call. For ask.c, ask_body.c,
 * ask_change.c and ask_rehearse.c. */
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

/* Returns the call that is being described. NULL before the first ask_get, and when there are too
 * many calls. */
struct ask_call *ask_current(struct bff_ask *ask);

/* Completes ${call}, which has a method: its body and the header fields of the body. Called by
 * ask.c when the description of the call ends. */
void ask_change_end(struct bff_ask *ask, struct ask_call *call);

/* Completes the JSON that the functions ask_body_NAME have written for ${call}, if they have. */
void ask_body_close(struct bff_ask *ask, struct ask_call *call);

#endif
