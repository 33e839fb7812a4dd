/*
 * For requests that are answered later: reports when the client leaves in the meantime. With
 * HTTP/2, libh2o reports that the client has left; with HTTP/1.1, watch.h notices it. In both cases
 * the same callback tells the code that works on the answer.
 */
#ifndef BFF_HTTP_REPLY_WAIT_H
#define BFF_HTTP_REPLY_WAIT_H

#include "bff/http/request.h"

/*
 * The answer to ${request} will come later. ${gone} is called with ${cookie}, at most once, when
 * the client leaves before the answer is complete. It must stop the work for the answer, and it
 * must not answer, because this file ends the request. It is called from the loop, never from
 * inside this function.
 *
 * A request can also end without a call of ${gone}: if an HTTP/2 stream is reset before its answer
 * has begun. Then the destructors in the request's pool free everything.
 */
void reply_wait_begin(struct request *request, void (*gone)(void *cookie), void *cookie);

/* Ends the wait. It must end before anything is sent; the functions of reply.h and reply_stream.h
 * call this function for that. Idempotent. */
void reply_wait_end(struct request *request);

/* For reply_stream.c: begins the wait again, between two sends. */
void reply_wait_again(struct request *request);

/* For reply_stream.c: libh2o has reported that the client has left. */
void reply_wait_gone(struct request *request);

#endif
