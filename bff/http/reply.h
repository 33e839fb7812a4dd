/*
 * Answers a request. This file is for answers with a whole body, and for what all answers have in
 * common. reply_stream.h is for answers in pieces, and reply_wait.h is for answers that come later.
 * Code outside of bff/http sends answers only with these files, never directly with libh2o.
 *
 * Besides its own fields, every answer has X-Request-Id and the fields that were added for its
 * request with reply_add_field and reply_set_field. The answer to HEAD has no body. When the worker
 * is draining, the connection is closed after the answer.
 */
#ifndef BFF_HTTP_REPLY_H
#define BFF_HTTP_REPLY_H

#include <stddef.h>

#include "bff/base/text.h"
#include "bff/http/refusal.h"
#include "bff/http/request.h"

/* A header field. The name is in lower case; name and value are borrowed until the request is
 * freed. */
struct reply_field {
    const char *name;
    struct text value; /* absent: the field is left out */
};

struct reply {
    int status;
    const struct reply_field *fields; /* the answer's own fields, without Content-Length */
    size_t field_count;
    const struct text *body; /* pieces of the body, borrowed until the request is freed */
    size_t body_count;
};

/*
 * The next four functions collect fields for the answer to ${request}. Every answer to the request
 * gets these fields, no matter which code sends it. They follow the answer's own fields, in the
 * order in which they were collected. They are for CORS, limits, cookies and the state of a cache,
 * for example. To be called before the answer is sent; later calls have no effect.
 */

/* Adds a field, even if a field of that name was already collected (Set-Cookie, Vary). */
void reply_add_field(struct request *request, struct reply_field field);

/* Replaces all collected fields of that name by ${field}, at the position of the first one. If
 * there is none, adds ${field}. */
void reply_set_field(struct request *request, struct reply_field field);

/* Removes all collected fields of the name ${name}. */
void reply_remove_field(struct request *request, const char *name);

/* Removes all collected fields. */
void reply_clear_fields(struct request *request);

/* Sends the answer. After this call, ${request} must not be used. */
void reply_send(struct request *request, const struct reply *reply);

/* Sends a whole answer whose head has been written (reply_head.h). ${body} are its pieces. Their
 * bytes are borrowed until the request is freed; the array is not. After this call, ${request} must
 * not be used. */
void reply_whole(struct request *request, const struct text *body, size_t count);

/* Does the same for a body that other answers send, too. So it is not copied when the client does
 * not take it (untaken.h). */
void reply_shared(struct request *request, const struct text *body, size_t count);

/* Sends a refusal of our own: {"error": message, "requestId": id}. ${message} needs no escaping. */
void reply_error(struct request *request, int status, const char *message);

/* Does the same as reply_error, with one more field. */
void reply_error_with(struct request *request, int status, const char *message,
                      struct reply_field field);

/* Sends ${refusal}. */
void reply_refusal(struct request *request, const struct refusal *refusal);

/* Sends 405 with the field Allow. */
void reply_not_allowed(struct request *request, struct text allow);

/* Answers OPTIONS: sends 204 with the field Allow. */
void reply_options(struct request *request, struct text allow);

/* Ends a request whose client has left, and its connection. The answer (499) is only for the
 * log. */
void reply_nobody(struct request *request);

#endif
