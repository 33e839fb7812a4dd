/*
 * A client's connection, from accept to close. libh2o owns its socket. We keep what we must know
 * about it, and we find it through the socket's on_close.
 */
#ifndef BFF_HTTP_CLIENT_H
#define BFF_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>

#include <h2o.h>

#include "bff/loop/timer.h"
#include "bff/http/addresses.h"

struct client_linger;
struct worker;

/* What slow_client.c found when it last checked a client. */
struct pace {
    int state;
    size_t requests, used_bytes, written;
    uint64_t received, acked;
    uint64_t fresh;  /* bytes received when the state last began or moved on */
    uint64_t wasted; /* bytes that did not become a request, without those that are forgiven */
    int64_t head_ns, read_ns, write_ns;
};

struct client {
    h2o_linklist_t link; /* in worker->clients */
    struct worker *worker;
    h2o_socket_t *socket;
    size_t in_flight;        /* requests begun and not yet gone */
    size_t requests;         /* begun since the connection was accepted */
    size_t sending;          /* answers with bytes that are being sent: see slow_client.h */
    size_t used_bytes;       /* that became requests */
    size_t reading;          /* requests that wait for their body: see body.h */
    h2o_linklist_t bodies;   /* of struct body */
    h2o_linklist_t answered; /* of body_http2.c, */
    size_t answered_count;   /* their number, and what frees them */
    void (*forget_answered)(struct client *client);
    bool is_tunnel; /* it has left HTTP: only its reading is checked */
    bool is_cut;    /* client_cut was called: no work begins for it */
    bool sends_on;  /* it may still send what nobody will read: its end is a lingering close */
    int linger_fd;  /* of client_linger.c: a second descriptor of a connection that will linger */
    struct client_linger *linger; /* it lingers; NULL: it does not */
    int64_t resets_ns;            /* when its bucket of resets is full again */
    struct pace pace;
    bool has_places; /* it is counted by its address */
    struct address_places places;

    /* set with its first request */
    bool is_known;
    char address[INET6_ADDRSTRLEN]; /* without port; empty when the connection was already closed */
    const char *tls;                /* "TLSv1.3"; NULL: plain */
};

/* A worker's end of one listener. */
struct worker_listener {
    struct worker *worker;
    bool is_tls;
    h2o_accept_ctx_t accept;
    h2o_socket_t *socket; /* NULL once closed */
    struct timer again;   /* set while there is no free descriptor */
};

/* Begins to accept on ${fd}, which the listener owns from then on. */
void client_listen(struct worker_listener *listener, int fd);

/* Accepts the connections that are waiting, then closes the listener. */
void client_stop_listening(struct worker_listener *listener);

/* The client whose socket libh2o knows as ${socket}; NULL: the socket is not a client's. */
struct client *client_of_socket(h2o_socket_t *socket);

/* The client that ${req} came from. */
struct client *client_of(h2o_req_t *req);

/* Ends the connection now. Bytes that wait to be sent are dropped. It can be called from anywhere,
 * because it only shuts the socket down. libh2o notices this later and closes the socket. */
void client_cut(struct client *client);

/* Ends the connection of a client that has left, or that counts as such: nothing is sent to it any
 * more. Safe from anywhere, as client_cut. */
void client_shut(struct client *client);

/* For an incomplete answer whose end is the end of its connection. The connection, which is closed
 * after the next send, then ends with an error, so that the client notices. */
void client_end_short(struct client *client);

/* client_cut for HTTP/2: libh2o also drops what it has read and not processed yet. To be called
 * only from a callback of libh2o for this client, or from a timer. */
void client_cut_http2(struct client *client);

/* A request of an HTTP/2 connection ended before it was answered. When its bucket
 * (limits.resets_at_once) is empty, the connection is cut. */
void client_spend_reset(struct client *client);

/* Ends the connections without a request: it shuts their reading side, and libh2o closes them. */
void client_close_idle(struct worker *worker);

/* Ends all connections at once. */
void client_close_all(struct worker *worker);

#endif
