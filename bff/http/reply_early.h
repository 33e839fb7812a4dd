/*
 * An answer to an HTTP/1.1 request whose body has not come yet. The answer leaves at once. Then the
 * rest of the body is read and thrown away, for a bounded time and amount, so that the client can
 * read the answer (the lingering close of nginx). When the whole body has come, the connection may
 * stay open.
 */
#ifndef BFF_HTTP_REPLY_EARLY_H
#define BFF_HTTP_REPLY_EARLY_H

#include "bff/http/request.h"

/* True when an answer to ${request} must be sent in this way. */
bool reply_early_is_due(const struct request *request);

/* Sends ${body}, which is not empty, as the whole answer. Its head has been set. */
void reply_early_send(struct request *request, const struct text *body, size_t count);

#endif
