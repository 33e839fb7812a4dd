/*
 * A connection to one endpoint. It is dialled, carries one exchange at a time, and is kept while it
 * is idle. The loop always watches its socket for reading, so that an idle connection is removed as
 * soon as the service closes it. All connections of a worker share their read buffers.
 *
 * libh2o's socket reports when the connection is readable or writable, and writes to connections
 * without TLS. Reading, and writing with TLS, is done here.
 */
#ifndef BFF_UPSTREAM_CONNECTION_H
#define BFF_UPSTREAM_CONNECTION_H

#include <stdbool.h>

#include <h2o/linklist.h>
#include <h2o/socket.h>

#include "bff/base/reason.h"
#include "bff/loop/timer.h"
#include "bff/upstream/batch.h"
#include "bff/upstream/endpoint.h"
#include "bff/upstream/exchange.h"

#define CONNECTION_IDLE_MAX 256 /* idle connections kept for one endpoint */

struct connection;

/* How an exchange, or dialling, ended. */
struct connection_end {
    enum reason reason; /* REASON_NONE: the exchange is complete */
    bool is_unsent;     /* no byte of the request has left this server */
    bool is_clean;      /* no byte of a response had come */
    uint64_t received;  /* bytes of the response */
    int64_t at_ns;      /* of clock_now_ns */
};

/*
 * The callbacks of a connection's user, never called from inside a call of the user:
 *
 *   opened    dialling has succeeded; the connection waits for connection_ask
 *   received  some bytes of the response have come, and more must follow
 *   ended     the exchange or the dialling is over; the user must not touch the connection any more
 */
struct connection_user {
    void (*opened)(void *cookie);
    void (*received)(void *cookie);
    void (*ended)(void *cookie, const struct connection_end *end);
};

/* A request. The struct and the pieces are borrowed until the exchange ends. When ${written} is
 * given, the pieces are only the head: connection_send sends more, and connection_request_ends says
 * that this was all. ${written} is called from the loop, each time when a write that has not been
 * done at once is done. */
struct connection_request {
    h2o_iovec_t *pieces;
    size_t count;
    void (*written)(void *cookie);
    struct exchange_request about;
    const struct exchange_sink *sink;
    void *sink_cookie;
};

/* Bytes that are being written. There can be only one write at a time. */
struct connection_output {
    h2o_iovec_t *pieces; /* borrowed until they are written; NULL: nothing is being written */
    size_t count;
    size_t sent; /* bytes; only used with TLS: on a plain connection libh2o counts */
    void (*written)(void *cookie); /* called when all is written; may be NULL */
};

/* How far the request has come. */
struct connection_progress {
    uint64_t acked; /* bytes of this connection that the service's host has taken so far */
    bool has_all;   /* it has taken all that was written so far */
    bool is_sent;   /* it has taken the whole request */
};

struct connection {
    h2o_linklist_t idle; /* linked while in endpoint->idle */
    h2o_socket_t *socket;
    SSL *tls; /* NULL: plain */
    struct endpoint *endpoint;
    const struct connection_user *user; /* NULL while idle */
    void *cookie;
    struct exchange exchange;
    bool is_asking;     /* an exchange is under way */
    bool has_rest;      /* more of its request follows by connection_send */
    bool has_sent;      /* bytes of its request have left, or may have left */
    bool is_open;       /* it is counted in endpoint->state->connections */
    bool is_reused;     /* it has carried an exchange before */
    size_t untried;     /* addresses left to dial */
    unsigned resolved;  /* the version of the endpoint's addresses that last had the peer */
    int64_t idle_ns;    /* when it became idle */
    struct timer later; /* reports a dialling that failed at once */
    bool is_paused;     /* its user has paused it */
    bool is_full;       /* plain: the last read filled its buffer, so there may be more */
    struct connection_output out;
    struct batch_call receiving, sending; /* in the worker's batch */
};

/* Returns the idle connection that was used last, and removes it from the list of idle connections.
 * NULL when there is none. */
struct connection *connection_take(struct endpoint *endpoint, const struct connection_user *user,
                                   void *cookie);

/* Dials the endpoint's addresses one after the other until one answers. */
struct connection *connection_dial(struct endpoint *endpoint, const struct connection_user *user,
                                   void *cookie);

/* Sends a request. The sink gets the head and the body of the response. The connection does not
 * call the sink's end: the user must do so. The result is that of connection_send; without
 * request->written it has no meaning. */
bool connection_ask(struct connection *connection, const struct connection_request *request);

/*
 * Writes more bytes to a service that has agreed to another protocol (101). ${out->written} is
 * called when all is written, never from here. A failure is reported by ended.
 */
void connection_write(struct connection *connection, const struct connection_output *out);

/*
 * Writes more of a request. Returns true when all has been written by now; then the pieces are not
 * borrowed any more. Else ${out->written} is called later, from the loop. There can be only one
 * write at a time. A failure is reported by ended.
 */
bool connection_send(struct connection *connection, const struct connection_output *out);

/* The whole request has been written. */
static inline void connection_request_ends(struct connection *connection)
{
    connection->has_rest = false;
}

/* Asks the kernel how far the request has come. It costs a system call. */
struct connection_progress connection_progress(const struct connection *connection);

/* Stops the delivery of the response. While the connection is paused, TCP's flow control slows the
 * service down. Bytes that have been read already may still be delivered. */
void connection_pause(struct connection *connection);

/* Resumes the delivery of the response. */
void connection_resume(struct connection *connection);

/* Closes the connection in any state, without a callback. */
void connection_close(struct connection *connection);

/* Closes the connections of ${endpoint} that became idle before ${since_ns}. */
void connection_close_idle(struct endpoint *endpoint, int64_t since_ns);

/* Closes the idle connections of ${endpoint} to addresses that its host name does not have any
 * more. To be called after a look-up. */
void connection_close_gone(struct endpoint *endpoint);

/* For connection_dial.c: the connection works. Calls opened. */
void connection_open(struct connection *connection);

/* For connection_dial.c: the connection has failed. Calls ended. */
void connection_break(struct connection *connection, enum reason reason);

#endif
