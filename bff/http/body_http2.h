/*
 * The body of an HTTP/2 request (RFC 9113 section 8.1): DATA frames up to END_STREAM, or up to
 * trailers. libh2o passes every frame of a connection to one function of ours first. This function
 * processes the frames of bodies and passes the others to libh2o.
 *
 * A request may be answered before its body has arrived. Then the rest of the body is dropped. A
 * second later, RST_STREAM with NO_ERROR asks the client to stop sending (RFC 9113 section 8.1).
 */
#ifndef BFF_HTTP_BODY_HTTP2_H
#define BFF_HTTP_BODY_HTTP2_H

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/http/body.h"
#include "bff/http/head_http2.h"

/*
 * To be called when ${parse} has read a block of header fields for ${h2o}. ${is_head} is true if
 * the block is the head of a request; then this function makes the body of the request, if the
 * request has one. From then on libh2o passes the frames of the connection to body_http2_take
 * first.
 */
void body_http2_begin(h2o_req_t *h2o, bool is_head, head_http2_parse parse);

/* True when the head of ${h2o}, an HTTP/2 request without a body, has a Content-Length other than
 * 0. Such a request is malformed (RFC 9113 section 8.1.1). */
bool body_http2_is_missing(h2o_req_t *h2o);

/*
 * Processes the frame that begins at ${bytes}, if it belongs to a body. Returns the length of the
 * frame, an error code of libh2o (negative), or 0 if the frame does not belong to a body.
 */
ssize_t body_http2_take(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                        const char **error);

#endif
