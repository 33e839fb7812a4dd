/* See body_http2_expect.h. */
#include <stdatomic.h>

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/http/body_http2.h"
#include "bff/http/body_http2_expect.h"

typedef ssize_t (*expect)(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                          const char **error);

/* libh2o's own: for a frame, for the rest of a head, and for the preface. */
static _Atomic(expect) expect_others, expect_rest, expect_preface;

static ssize_t expect_frame(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                            const char **error);

/*
 * In place of libh2o's function for CONTINUATION frames. Once the last GOAWAY of a drain has been
 * sent, that one takes no byte of them, and is called again for ever. Such a head is dropped, as
 * libh2o does with others by then.
 */
static ssize_t expect_continuation(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                                   const char **error)
{
    h2o_http2_frame_t frame;

    if (conn->state < H2O_HTTP2_CONN_STATE_HALF_CLOSED)
        return atomic_load(&expect_rest)(conn, bytes, size, error);
    ssize_t used = h2o_http2_decode_frame(&frame, bytes, size, &H2O_HTTP2_SETTINGS_HOST, error);
    if (used < 0)
        return used;
    if (frame.type != H2O_HTTP2_FRAME_TYPE_CONTINUATION)
        return H2O_HTTP2_ERROR_PROTOCOL;
    if ((frame.flags & H2O_HTTP2_FRAME_FLAG_END_HEADERS) != 0) {
        h2o_buffer_dispose(&conn->_headers_unparsed);
        conn->_headers_unparsed = NULL;
        conn->_read_expect = expect_frame;
    }
    return used;
}

/* libh2o changes its function when a head is to go on in CONTINUATION frames. */
static ssize_t pass_on(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                       const char **error)
{
    ssize_t used = atomic_load(&expect_others)(conn, bytes, size, error);

    if (conn->_read_expect != expect_frame) {
        atomic_store(&expect_rest, conn->_read_expect);
        conn->_read_expect = expect_continuation;
    }
    return used;
}

/* Every frame of the connection, from its first byte. */
static ssize_t expect_frame(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                            const char **error)
{
    ssize_t used = body_http2_take(conn, bytes, size, error);

    return used != 0 ? used : pass_on(conn, bytes, size, error);
}

void body_http2_expect_frames(h2o_http2_conn_t *conn)
{
    if (conn->_read_expect == expect_frame)
        return;
    atomic_store(&expect_others, conn->_read_expect);
    conn->_read_expect = expect_frame;
}

/* In place of libh2o's function for the preface. */
static ssize_t expect_upgraded(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                               const char **error)
{
    ssize_t used = atomic_load(&expect_preface)(conn, bytes, size, error);

    if (conn->_read_expect != expect_upgraded)
        body_http2_expect_frames(conn);
    return used;
}

void body_http2_expect_upgraded(h2o_req_t *h2o)
{
    h2o_http2_conn_t *conn = (h2o_http2_conn_t *)h2o->conn;

    if (conn->_read_expect == expect_frame || conn->_read_expect == expect_continuation ||
        conn->_read_expect == expect_upgraded)
        return;
    atomic_store(&expect_preface, conn->_read_expect);
    conn->_read_expect = expect_upgraded;
}
