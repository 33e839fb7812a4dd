/*
 * An answer to an HTTP/1.1 request whose body has not come yet. The answer leaves at once. Where
 * the rest of the body is short enough, it is then read and thrown away, and the connection goes on
 * with what follows the body. In all other cases the connection ends by a lingering close
 * (client_linger.h), so that the client can read the answer while it still sends.
 */
#ifndef BFF_HTTP_REPLY_EARLY_H
#define BFF_HTTP_REPLY_EARLY_H

#include "bff/http/request.h"

/*
 * To be called before an answer to ${request} begins. Returns false when the answer is sent as
 * usual; when the body has not come whole, the connection ends with it. Returns true when the
 * answer must be sent by reply_early_send.
 */
bool reply_early_is_due(struct request *request);

/* A streamed answer begins, and its request may still send a body that is streamed. An HTTP/1
 * connection ends with such an answer, and the head says so. */
void reply_early_begin(struct request *request);

/* A streamed answer ends. When the body has not come whole, nobody needs the rest: an HTTP/1
 * connection ends by a lingering close, and over HTTP/2 the rest is dropped. */
void reply_early_end(struct request *request);

/* Sends ${body} as the whole answer. Its head has been set. */
void reply_early_send(struct request *request, const struct text *body, size_t count);

#endif
