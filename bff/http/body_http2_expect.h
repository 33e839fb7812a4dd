/*
 * libh2o keeps for each HTTP/2 connection the function that takes what comes next. Ours are put
 * before it: they give the frames of bodies to body_http2.c, and libh2o the others.
 */
#ifndef BFF_HTTP_BODY_HTTP2_EXPECT_H
#define BFF_HTTP_BODY_HTTP2_EXPECT_H

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

/* A block of header fields of ${conn} has been read: its next frame comes by here. */
void body_http2_expect_frames(h2o_http2_conn_t *conn);

/* ${h2o} has come to our handler. If it is the one that upgraded its connection to HTTP/2 (h2c), no
 * block of fields has been read: sees to it that the connection's frames come by here all the same.
 */
void body_http2_expect_upgraded(h2o_req_t *h2o);

#endif
