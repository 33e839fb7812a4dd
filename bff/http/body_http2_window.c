/* See body_http2_window.h. */
#include "bff/http/body_http2_window.h"

/* The windows of 100 streams, and the 16 MiB that a client may send before it reads our frame. */
#define HELD_MAX (100 * BODY_HTTP2_WINDOW + ((size_t)16 << 20))

_Static_assert(BODY_HTTP2_WINDOW == 0x40000, "the frame below says so");

void body_http2_window_announce(struct client *client, h2o_http2_conn_t *conn)
{
    static const char frame[] = "\0\0\6\4\0\0\0\0\0" /* SETTINGS, 6 bytes, stream 0 */
                                "\0\4\0\4\0\0";      /* INITIAL_WINDOW_SIZE: 0x40000 */
    size_t len = sizeof(frame) - 1;

    if (client->has_window)
        return;
    client->has_window = true;
    h2o_iovec_t to = h2o_buffer_reserve(&conn->_write.buf, len);
    memcpy(to.base, frame, len);
    conn->_write.buf->size += len;
    h2o_http2_conn_request_write(conn);
}

bool body_http2_window_take(struct body_http2_window *window, struct client *client, size_t bytes)
{
    window->held += bytes;
    client->held_bytes += bytes;
    return bytes == 0 || client->held_bytes <= HELD_MAX;
}

void body_http2_window_loan(struct body_http2_window *window)
{
    window->loaned = window->held;
    window->held = 0;
}

size_t body_http2_window_use(struct body_http2_window *window, struct client *client, size_t *used)
{
    size_t bytes;

    client->held_bytes -= *used;
    window->owed += *used;
    *used = 0;
    if (window->owed * 2 < BODY_HTTP2_WINDOW)
        return 0;
    bytes = window->owed;
    window->owed = 0;
    return bytes;
}

/* As libh2o does it. */
void body_http2_window_of_conn(h2o_http2_conn_t *conn, size_t bytes)
{
    ssize_t whole = H2O_HTTP2_SETTINGS_HOST.initial_window_size;

    h2o_http2_window_consume_window(&conn->_input_window, bytes);
    ssize_t now = h2o_http2_window_get_window(&conn->_input_window);
    if (now * 2 >= whole)
        return;
    h2o_http2_encode_window_update_frame(&conn->_write.buf, 0, (int32_t)(whole - now));
    h2o_http2_conn_request_write(conn);
    h2o_http2_window_update(&conn->_input_window, whole - now);
}
