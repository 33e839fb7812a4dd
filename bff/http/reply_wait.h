/*
 * For requests that are answered later: reports when the client leaves in the meantime. With
 * HTTP/2, libh2o reports that the client has left; with HTTP/1.1, watch.h notices it. In both cases
 * the same callback tells the code that works on the answer.
 */
#ifndef BFF_HTTP_REPLY_WAIT_H
#define BFF_HTTP_REPLY_WAIT_H

#include "bff/http/request.h"

/* A half-closed client waits until the work for its answer is over, which has a limit of its own.
 */
#define REPLY_WAIT_FOR_WORK WATCH_ENDLESS

/*
 * The answer to ${request} will come later. ${gone} is called with ${cookie}, at most once, when
 * the client leaves before the answer is complete. It must stop the work for the answer, and it
 * must not answer: the request is ended here. It is called from the loop, never from this function.
 * A client that ends its sending side has left, unless http_settings.answers_half_closed is set.
 * Then it waits for ${half_closed_ms} more, and gets a 504 if there is no answer by then.
 *
 * A request can also end without a call of ${gone}: if an HTTP/2 stream is reset before its answer
 * has begun. Then the destructors in the request's pool free everything.
 */
void reply_wait_begin(struct request *request, uint32_t half_closed_ms, void (*gone)(void *cookie),
                      void *cookie);

/* Ends the wait. It must end before anything is sent; the functions of reply.h and reply_stream.h
 * call this function for that. Idempotent. */
void reply_wait_end(struct request *request);

/* Begins the wait again, after reply_wait_end: between two sends of a streamed answer, or when the
 * body of the request is not read any more. While the body is read, its reader notices that the
 * client leaves; then this function does nothing. */
void reply_wait_again(struct request *request);

/* The reader of the body has found that the client has left, and no answer has begun: ends the
 * request. The request may be freed when this function returns. */
void reply_wait_leave(struct request *request);

/* For reply_stream.c: libh2o has reported that the client has left. */
void reply_wait_gone(struct request *request);

#endif
