/* See body_http2_window.h. */
#include "bff/http/body_http2_window.h"
#include "bff/http/interpose.h"

#define HELD_MAX (100 * BODY_HTTP2_WINDOW) /* the windows of all streams of a connection */

typedef void (*request_write)(h2o_http2_conn_t *conn);

static request_write library_write;

/* dlsym returns a pointer to an object. POSIX allows its use as a pointer to a function. */
union function {
    void *found;
    request_write write;
};

/* What libh2o sends first: SETTINGS of 12 bytes with MAX_CONCURRENT_STREAMS and, at the end,
 * INITIAL_WINDOW_SIZE. */
static const char first_frame[] = "\0\0\14\4\0\0\0\0\0\0\3\0\0\0\144\0\4\1\0\0\0";

#define FRAME_BYTES (sizeof(first_frame) - 1)

_Static_assert(BODY_HTTP2_WINDOW == 0x40000, "the bytes below say so");

/* libh2o calls this function after it has written a frame to the buffer. */
void h2o_http2_conn_request_write(h2o_http2_conn_t *conn)
{
    h2o_buffer_t *buffer = conn->_write.buf;

    if (buffer->size == FRAME_BYTES && memcmp(buffer->bytes, first_frame, FRAME_BYTES) == 0)
        memcpy(buffer->bytes + FRAME_BYTES - 4, "\0\4\0\0", 4);
    library_write(conn);
}

/* Runs when the program is loaded, because any thread may begin to use libh2o at any time. */
__attribute__((constructor)) static void find_function(void)
{
    library_write =
        (union function){.found = interpose_library("h2o_http2_conn_request_write")}.write;
}

void body_http2_window_install(void)
{
    interpose_check("h2o_http2_conn_request_write",
                    (union function){.write = h2o_http2_conn_request_write}.found);
}

bool body_http2_window_take(struct body_http2_window *window, struct client *client, size_t bytes)
{
    window->held += bytes;
    client->held_bytes += bytes;
    return bytes == 0 || client->held_bytes <= HELD_MAX;
}

/* A body without a length has the greatest one. */
static size_t left_of(const struct body *body)
{
    size_t most = body->length < body->limit ? body->length : body->limit;

    return most > body->len ? most - body->len : 0;
}

void body_http2_window_widen(struct body_http2_window *window, const struct body *body)
{
    size_t left = left_of(body), most = BODY_HTTP2_WINDOW + BODY_HTTP2_WINDOW_REST;

    if (body->is_streamed || body->is_discarded || window->is_wide || left <= BODY_HTTP2_WINDOW)
        return;
    window->is_wide = true;
    window->owed += (left < most ? left : most) - BODY_HTTP2_WINDOW;
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

void body_http2_window_send(h2o_http2_conn_t *conn, uint32_t stream_id, size_t bytes)
{
    h2o_http2_encode_window_update_frame(&conn->_write.buf, stream_id, (int32_t)bytes);
    h2o_http2_conn_request_write(conn);
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
