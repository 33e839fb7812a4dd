/* The trailers of an HTTP/2 body (RFC 9113 section 8.1), which nobody needs. */
#ifndef BFF_HTTP_BODY_HTTP2_TRAILERS_H
#define BFF_HTTP_BODY_HTTP2_TRAILERS_H

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/http/head_http2.h"

/*
 * Reads the trailers in ${frame} and drops them. They must be read, because the HPACK state of the
 * connection depends on every field. Returns 0 or an error code of libh2o: trailers that continue
 * in CONTINUATION frames end the connection.
 */
int body_http2_trailers_read(h2o_http2_conn_t *conn, h2o_http2_frame_t *frame,
                             head_http2_parse parse, const char **error);

#endif
