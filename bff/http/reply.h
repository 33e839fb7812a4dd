/*
 * Answering a request. This file answers with a whole body, and holds what all answers have in
 * common. reply_stream.h answers piece by piece, reply_wait.h is for answers that come later.
 * Nothing outside bff/http sends anything by libh2o itself.
 *
 * Every answer has the fields that were collected for its request, and X-Request-Id. HEAD gets no
 * body. When the worker is draining, the connection is closed after the answer.
 */
#ifndef BFF_HTTP_REPLY_H
#define BFF_HTTP_REPLY_H

#include <stddef.h>

#include "bff/base/text.h"
#include "bff/http/refusal.h"
#include "bff/http/request.h"

/* A field. The name is in lower case; name and value are borrowed until the request is gone. */
struct reply_field {
    const char *name;
    struct text value; /* absent: the field is left out */
};

struct reply {
    int status;
    const struct reply_field *fields; /* its own, without Content-Length */
    size_t field_count;
    const struct text *body; /* pieces, borrowed until the request is gone */
    size_t body_count;
};

/*
 * Fields for the answer to ${request}, whichever code sends the answer. They follow the answer's
 * own fields, in the order in which they were collected. Several writers may add fields: CORS,
 * limits, cookies, the state of a cache. To be called before the answer leaves; later calls have no
 * effect.
 */

/* Adds a field, even when a field of that name is there (Set-Cookie, Vary). */
void reply_add_field(struct request *request, struct reply_field field);

/* Replaces all collected fields of that name by this one, in the place of the first. When there is
 * none, adds it. */
void reply_set_field(struct request *request, struct reply_field field);

/* Forgets all collected fields. */
void reply_clear_fields(struct request *request);

/* Sends the answer. ${request} must not be touched afterwards. */
void reply_send(struct request *request, const struct reply *reply);

/* Sends a refusal of our own: {"error": message, "requestId": id}. ${message} needs no escaping. */
void reply_error(struct request *request, int status, const char *message);

/* As reply_error, with one more field. */
void reply_error_with(struct request *request, int status, const char *message,
                      struct reply_field field);

/* Sends ${refusal}. */
void reply_refusal(struct request *request, const struct refusal *refusal);

/* Sends 405 with the field Allow. */
void reply_not_allowed(struct request *request, struct text allow);

/* Answers OPTIONS: sends 204 with the field Allow. */
void reply_options(struct request *request, struct text allow);

/* Ends a request whose client has left, and its connection. No client reads this answer (499). */
void reply_nobody(struct request *request);

#endif
