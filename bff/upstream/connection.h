/*
 * A connection to one endpoint: dialled, kept while idle, and carrying one exchange at a time. Its
 * socket is always armed for reading, so that an idle connection that the service closes is gone at
 * once. All connections of a worker read into buffers that they share and hold none of their own.
 *
 * libh2o's socket tells when the connection can be read or written and writes for plain ones; we
 * read ourselves.
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
    bool is_clean;      /* no byte of a response had come */
    uint64_t received;  /* bytes of the response */
    int64_t at_ns;      /* of clock_now_ns */
};

/*
 * What its user is told, never from inside the user's own call:
 *
 *   opened    dialling has succeeded; the connection waits for connection_ask
 *   received  some bytes of the response have come, and more must
 *   ended     the exchange or the dialling is over. The connection is not the user's any more
 */
struct connection_user {
    void (*opened)(void *cookie);
    void (*received)(void *cookie);
    void (*ended)(void *cookie, const struct connection_end *end);
};

/* A request. It and its pieces are borrowed until the exchange ends. */
struct connection_request {
    h2o_iovec_t *pieces;
    size_t count;
    struct exchange_request about;
    const struct exchange_sink *sink;
    void *sink_cookie;
};

/* Bytes on their way out; one lot at a time. */
struct connection_output {
    h2o_iovec_t *pieces; /* borrowed until they are written; NULL: nothing is under way */
    size_t count;
    size_t sent;                   /* bytes; TLS only, libh2o knows for plain */
    void (*written)(void *cookie); /* told when all is written; may be NULL */
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
    bool is_reused;     /* it has carried an exchange before */
    size_t untried;     /* addresses left to dial */
    int64_t idle_ns;    /* since when */
    struct timer later; /* tells of a failure to dial that came at once */
    bool is_paused;     /* its user takes no more for now */
    bool is_full;       /* plain: the last read filled its place, so that more may have come */
    struct connection_output out;
    struct batch_call receiving, sending; /* in the worker's batch */
};

/* The idle connection used last, for another exchange; NULL when there is none. */
struct connection *connection_take(struct endpoint *endpoint, const struct connection_user *user,
                                   void *cookie);

/* Dials: each of the endpoint's addresses in turn until one answers. */
struct connection *connection_dial(struct endpoint *endpoint, const struct connection_user *user,
                                   void *cookie);

/* Sends a request whose response goes to its sink (head and body; end is the user's to call). */
void connection_ask(struct connection *connection, const struct connection_request *request);

/*
 * Writes more, to a service that has agreed to another protocol (101); ${out->written} is told when
 * it may write again, not from here. What fails is told by ended.
 */
void connection_write(struct connection *connection, const struct connection_output *out);

/* Stops and goes on delivering the response: the service is held back by TCP. What has been read
 * already may still come. */
void connection_pause(struct connection *connection);
void connection_resume(struct connection *connection);

/* Closes it, in whatever state, silently. */
void connection_close(struct connection *connection);

/* Closes the idle connections of ${endpoint} that have been so since before ${since_ns}. */
void connection_close_idle(struct endpoint *endpoint, int64_t since_ns);

/* For connection_dial.c: the connection works; its user is told. And: it does not. */
void connection_open(struct connection *connection);
void connection_break(struct connection *connection, enum reason reason);

#endif
