/*
 * The memory of an HTTP/2 head. libh2o takes much more memory than the fields have bytes: over
 * HTTP/2 one byte can stand for a field. And a client that opens a hundred streams and takes none
 * of the answers would have us keep a hundred heads.
 * - The fields are copied to one piece of memory, and what libh2o took for them is freed.
 * - A head that is not small is held apart from the pool of its request. It is not needed any more
 *   when the last bytes of the answer have been given to libh2o, and is freed then.
 */
#ifndef BFF_HTTP_HEAD_HTTP2_HELD_H
#define BFF_HTTP_HEAD_HTTP2_HELD_H

#include <h2o.h>

struct head_http2_held;

/* Moves the head of ${h2o}. Only the head has used the request's pool so far. Whatever is held ends
 * with the request, unless it is freed before. */
void head_http2_held_begin(h2o_req_t *h2o);

/* The memory of the head of ${h2o}; NULL: the head lies in the request's pool. To be called once
 * for each request. */
struct head_http2_held *head_http2_held_of(h2o_req_t *h2o);

/* Frees the memory. No field of the head may be used afterwards. NULL: nothing. */
void head_http2_held_free(struct head_http2_held *held);

#endif
