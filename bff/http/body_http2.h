/*
 * The body of an HTTP/2 request (RFC 9113 section 8.1): DATA frames up to END_STREAM, or up to
 * trailers. libh2o passes every frame of a connection to one function of ours first. This function
 * takes the frames of bodies and passes the others to libh2o.
 *
 * A request may be answered before its body has come. Then the rest of the body is dropped, and a
 * second later the client is asked to stop by RST_STREAM with NO_ERROR (RFC 9113 section 8.1).
 */
#ifndef BFF_HTTP_BODY_HTTP2_H
#define BFF_HTTP_BODY_HTTP2_H

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/http/body.h"
#include "bff/http/head_http2.h"

/*
 * To be called when ${parse} has read a block of header fields for ${h2o}. ${is_head}: the block is
 * the head of a request. Makes the body of the request, if it has one. From then on the frames of
 * the connection pass through this file.
 */
void body_http2_begin(h2o_req_t *h2o, bool is_head, head_http2_parse parse);

/*
 * Takes the frame that begins at ${bytes} if it is one of a body. Returns its length, libh2o's code
 * of an error, or 0: the frame is not one of a body.
 */
ssize_t body_http2_take(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                        const char **error);

#endif
