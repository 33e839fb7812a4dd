/* What body_http2.c needs of a connection of libh2o. */
#ifndef BFF_HTTP_BODY_HTTP2_CONN_H
#define BFF_HTTP_BODY_HTTP2_CONN_H

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/http/client.h"

static inline struct client *body_http2_conn_client(h2o_http2_conn_t *conn)
{
    return conn->super.callbacks->get_socket(&conn->super)->on_close.data;
}

/* After a write that has failed, libh2o closes the connection without another state. Then nothing
 * may be written. Its bytes are still there, but the socket does not write any more. */
static inline bool body_http2_conn_has_failed(const h2o_http2_conn_t *conn)
{
    return conn->_write.buf_in_flight != NULL && !h2o_socket_is_writing(conn->sock);
}

static inline bool body_http2_conn_is_open(const h2o_http2_conn_t *conn)
{
    return conn->state < H2O_HTTP2_CONN_STATE_IS_CLOSING && !body_http2_conn_has_failed(conn);
}

/* Sends RST_STREAM for a stream. */
static inline void body_http2_conn_reset(h2o_http2_conn_t *conn, uint32_t stream_id, int error)
{
    h2o_http2__encode_rst_stream_frame(&conn->_write.buf, stream_id, error);
    h2o_http2_conn_request_write(conn);
}

#endif
