/*
 * An answer to an HTTP/1.1 request whose body has not arrived yet. The answer is sent at once. Then
 * the rest of the body is read and dropped, up to a limit in time and in bytes, so that the client
 * can read the answer (like the lingering close of nginx). If the whole body arrives, the
 * connection may stay open.
 */
#ifndef BFF_HTTP_REPLY_EARLY_H
#define BFF_HTTP_REPLY_EARLY_H

#include "bff/http/request.h"

/* True when an answer to ${request} must be sent in this way. */
bool reply_early_is_due(const struct request *request);

/* Sends ${body}, which is not empty, as the whole body of the answer. The head must have been
 * set. */
void reply_early_send(struct request *request, const struct text *body, size_t count);

#endif
