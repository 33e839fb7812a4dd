/*
 * A client's connection, from accept to close. libh2o owns its socket; we keep what we must know of
 * it and find it again through the socket's on_close.
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

struct worker;

/* What slow_client.c saw of a client when it last looked. */
struct pace {
    int state;
    size_t requests, used_bytes, written;
    uint64_t received, acked;
    uint64_t fresh;  /* bytes received when the state last began or moved on */
    uint64_t wasted; /* bytes that became no request, less what is forgiven */
    int64_t head_ns, read_ns, write_ns;
};

struct client {
    h2o_linklist_t link; /* in worker->clients */
    struct worker *worker;
    h2o_socket_t *socket;
    size_t in_flight;        /* requests begun and not yet gone */
    size_t requests;         /* begun since it came */
    size_t sending;          /* answers with bytes on the way: see slow_client.h */
    size_t used_bytes;       /* that became requests */
    size_t reading;          /* bodies of requests that are waited for: see body.h */
    h2o_linklist_t bodies;   /* of struct body */
    h2o_linklist_t answered; /* of body_http2.c, and how many; what frees them */
    size_t answered_count;
    void (*forget_answered)(struct client *client);
    bool is_tunnel;    /* no HTTP any more: only that it takes its bytes is looked after */
    bool is_cut;       /* client_cut was called: no work is begun for it */
    int64_t resets_ns; /* until when its resets are paid off */
    struct pace pace;
    bool has_places; /* in the count of addresses */
    struct address_places places;

    /* known from its first request on */
    bool is_known;
    char address[INET6_ADDRSTRLEN]; /* without port; empty when it was gone already */
    const char *tls;                /* "TLSv1.3"; NULL: plain */
};

/* A worker's end of one listener. */
struct worker_listener {
    struct worker *worker;
    h2o_accept_ctx_t accept;
    h2o_socket_t *socket; /* NULL once closed */
    struct timer again;   /* while there are no descriptors to accept with */
};

/* Begins to accept on ${fd}, which becomes the listener's. */
void client_listen(struct worker_listener *listener, int fd);

/* Accepts what has already come, then closes the listener. */
void client_stop_listening(struct worker_listener *listener);

/* The client that ${req} came from. */
struct client *client_of(h2o_req_t *req);

/* Ends the connection now, without sending what waits to be sent. Safe from anywhere: libh2o finds
 * the socket shut and closes it in its own time. */
void client_cut(struct client *client);

/* The connection, which is to be closed after what is sent next, does not end as if that were all:
 * for answers that end with their connection, and end too early. */
void client_end_short(struct client *client);

/* client_cut for HTTP/2, where libh2o also forgets what it has read and not looked at yet. Only
 * from within what libh2o calls for the client, or from a timer. */
void client_cut_http2(struct client *client);

/* A request of an HTTP/2 connection ended before it was answered: over its budget
 * (limits.resets_at_once) the connection is cut. */
void client_spend_reset(struct client *client);

/* Ends the connections that carry no request: their reading side is shut, and libh2o closes. */
void client_close_idle(struct worker *worker);

/* Ends all connections at once. */
void client_close_all(struct worker *worker);

#endif
