/*
 * Streams of HTTP/2 that were answered before their body had come. What still comes is dropped. A
 * second after the answer the client is asked to stop, by RST_STREAM with NO_ERROR (RFC 9113
 * section 8.1).
 */
#ifndef BFF_HTTP_BODY_HTTP2_ANSWERED_H
#define BFF_HTTP_BODY_HTTP2_ANSWERED_H

#include <h2o.h>

#include <h2o/http2.h>
#include <h2o/http2_internal.h>

#include "bff/http/client.h"

struct body_http2_answered {
    h2o_linklist_t link; /* in client->answered */
    struct client *client;
    h2o_http2_conn_t *conn;
    uint32_t stream_id;
    size_t dropped; /* bytes */
    struct timer patience;
};

/* Adds the stream ${stream_id} of ${client}. */
void body_http2_answered_add(h2o_http2_conn_t *conn, struct client *client, uint32_t stream_id);

/* The entry of a stream; NULL: there is none. */
struct body_http2_answered *body_http2_answered_find(struct client *client, uint32_t stream_id);

/* The client has ended the stream: nothing more comes. */
void body_http2_answered_forget(struct body_http2_answered *answered);

/* ${bytes} have come and are dropped. */
void body_http2_answered_drop(struct body_http2_answered *answered, size_t bytes);

/*
 * What a client sends behind an early answer may have been on its way already. So it does not count
 * as wasted (limits.wasted_bytes), up to a bound for each stream. ${before}: bytes that have come
 * before these.
 */
void body_http2_answered_forgive(struct client *client, size_t bytes, size_t before);

#endif
