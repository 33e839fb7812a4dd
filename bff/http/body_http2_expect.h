/*
 * For each HTTP/2 connection, libh2o has a pointer to the function that processes the next bytes.
 * This file replaces that function by its own ones. They pass the frames of bodies to body_http2.c,
 * and all other frames to libh2o's function.
 */
#ifndef BFF_HTTP_BODY_HTTP2_EXPECT_H
#define BFF_HTTP_BODY_HTTP2_EXPECT_H

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

/* To be called when a block of header fields of ${conn} has been read: the next frames of ${conn}
 * pass through this file. */
void body_http2_expect_frames(h2o_http2_conn_t *conn);

/*
 * To be called when our handler gets ${h2o}. If ${h2o} has upgraded its connection to HTTP/2 (h2c),
 * no block of header fields has been read. This function makes the frames of such a connection pass
 * through this file, too.
 */
void body_http2_expect_upgraded(h2o_req_t *h2o);

#endif
