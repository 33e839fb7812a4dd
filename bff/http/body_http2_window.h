/*
 * The flow-control windows of the streams that send bodies (RFC 9113 section 5.2).
 *
 * libh2o announces 16 MiB for each stream. That is too much for a body whose user is slow: 100
 * streams of a connection could make this server keep 1.6 GiB. So BODY_HTTP2_WINDOW is announced in
 * its place: a function of libh2o is replaced (interpose.h), which writes the first frame of a
 * connection. A stream gets its window back when its bytes were used. The window of the connection
 * is given back at once: so a stream whose user is slow does not hold up the others. A client may
 * ignore the announcement. What all its streams together make the server keep has a limit, too.
 */
#ifndef BFF_HTTP_BODY_HTTP2_WINDOW_H
#define BFF_HTTP_BODY_HTTP2_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/http/body.h"
#include "bff/http/client.h"

#define BODY_HTTP2_WINDOW ((size_t)256 * 1024)

/* What a client may send in addition on a stream whose body is not needed any more. */
#define BODY_HTTP2_WINDOW_REST (((size_t)16 << 20) - BODY_HTTP2_WINDOW)

/* Of one stream, in bytes. All zero when the stream begins. */
struct body_http2_window {
    size_t held;   /* has come and is not used */
    size_t loaned; /* is in use: the first part of what was held */
    size_t owed;   /* the client may send so much more, and has not been told yet */
    bool is_wide;  /* ${owed} has had the bytes of body_http2_window_widen */
};

/* To be called at the start of each worker: checks that libh2o calls our function. */
void body_http2_window_install(void);

/* ${bytes} have come. Returns false when the client has sent more than it may. */
bool body_http2_window_take(struct body_http2_window *window, struct client *client, size_t bytes);

/*
 * The body is read from now on. All of a body that is read as a whole may be kept in memory, so the
 * client gets window for all of it: else a distant client could only send BODY_HTTP2_WINDOW in each
 * round trip. It gets this with the next body_http2_window_use. Idempotent.
 */
void body_http2_window_widen(struct body_http2_window *window, const struct body *body);

/* What is held is in use from now on. */
void body_http2_window_loan(struct body_http2_window *window);

/* The ${*used} bytes, a member of ${window}, are not needed any more. Returns the number of bytes
 * for a WINDOW_UPDATE frame of the stream; 0: none is due. */
size_t body_http2_window_use(struct body_http2_window *window, struct client *client, size_t *used);

/* Gives ${bytes} of window to the client for a stream. */
void body_http2_window_send(h2o_http2_conn_t *conn, uint32_t stream_id, size_t bytes);

/* Takes ${bytes} from the window of the connection, and gives them back when that is worth a
 * frame. */
void body_http2_window_of_conn(h2o_http2_conn_t *conn, size_t bytes);

#endif
