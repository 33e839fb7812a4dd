/* See body_http2_expect.h. */
#include <stdatomic.h>

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/http/body_http2.h"
#include "bff/http/body_http2_expect.h"

typedef ssize_t (*expect)(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                          const char **error);

/* libh2o's functions: for a frame, for the rest of a head, and for the preface. */
static _Atomic(expect) expect_others, expect_rest, expect_preface;

static ssize_t expect_frame(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                            const char **error);

/*
 * Replaces libh2o's function for CONTINUATION frames. After the last GOAWAY of a drain, libh2o's
 * function would process no byte of such a frame, and libh2o would call it again for ever. So after
 * that GOAWAY this function drops the head, as libh2o drops all other new heads at that time.
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

/* Passes a frame to libh2o. When a head continues in CONTINUATION frames, libh2o sets another
 * function for the next bytes. Then expect_continuation replaces that function. */
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

/* Gets every frame of the connection, from the first byte of the frame. */
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

/* Replaces libh2o's function for the preface. */
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
