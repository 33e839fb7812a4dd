/*
 * A request whose answer comes later waits here, and its client may leave meanwhile. HTTP/2 tells
 * that by itself; for HTTP/1.1 the socket is watched (watch.h). Whoever works on the answer learns
 * of it by one callback.
 */
#ifndef BFF_HTTP_REPLY_WAIT_H
#define BFF_HTTP_REPLY_WAIT_H

#include "bff/http/request.h"

/*
 * The answer to ${request} will come later. ${gone} is called with ${cookie}, at most once, when
 * the client leaves before the answer is complete. It must stop the work for the answer, and it
 * must not answer: the request is ended here. It is called from the loop, never from this function.
 *
 * A request can also end without this call: an HTTP/2 stream that is reset before its answer has
 * begun just goes. Then the hooks of the request's pool free everything.
 */
void reply_wait_begin(struct request *request, void (*gone)(void *cookie), void *cookie);

/* Ends the wait: before anything is sent. reply.h and reply_stream.h do this. Idempotent. */
void reply_wait_end(struct request *request);

/* For reply_stream.c: waits again, between two sends; and reports that the client has left. */
void reply_wait_again(struct request *request);
void reply_wait_gone(struct request *request);

#endif
