/*
 * Answering a request with what is at hand as a whole (what streams is in bff/proxy). It knows that
 * HEAD has no body, that nothing of ours may split a header, and that a draining worker keeps no
 * connection.
 */
#ifndef BFF_HTTP_REPLY_H
#define BFF_HTTP_REPLY_H

#include <stddef.h>

#include "bff/base/text.h"
#include "bff/http/refusal.h"
#include "bff/http/request.h"

/* A field; the name in lower case, both borrowed until the request is gone. */
struct reply_field {
    const char *name;
    struct text value; /* absent: the field is left out */
};

struct reply {
    int status;
    const struct reply_field *fields; /* without Content-Length; X-Request-Id and what the
                                         request says (request->extra) are added */
    size_t field_count;
    const struct text *body; /* pieces, borrowed until the request is gone */
    size_t body_count;
};

/* Adds what every answer to ${request} has: X-Request-Id, and request->extra. For who does not use
 * reply_send. */
void reply_add_common(struct request *request);

/* Sends the answer. ${request} must not be touched afterwards. */
void reply_send(struct request *request, const struct reply *reply);

/* Our own refusal: {"error": message, "requestId": id}. ${message} needs no escaping. With one
 * field more, where that helps. */
void reply_error(struct request *request, int status, const char *message);
void reply_error_with(struct request *request, int status, const char *message,
                      struct reply_field field);

/* Sends ${refusal}. */
void reply_refusal(struct request *request, const struct refusal *refusal);

/* The same with Allow, for 405; and the answer to OPTIONS: 204 with Allow. */
void reply_not_allowed(struct request *request, struct text allow);
void reply_options(struct request *request, struct text allow);

/* The client has left: whatever it was, it is over, and so is the connection. */
void reply_nobody(struct request *request);

#endif
