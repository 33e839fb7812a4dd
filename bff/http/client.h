/*
 * A client's connection, from accept to close. libh2o owns its socket; we keep what we must know of
 * it and find it again through the socket's on_close.
 */
#ifndef BFF_HTTP_CLIENT_H
#define BFF_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include <netinet/in.h>

#include <h2o.h>

struct worker;

struct client {
    h2o_linklist_t link; /* in worker->clients */
    struct worker *worker;
    h2o_socket_t *socket;
    size_t in_flight; /* requests begun and not yet gone */

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
};

/* Begins to accept on ${fd}, which becomes the listener's. */
void client_listen(struct worker_listener *listener, int fd);

/* Accepts what has already come, then closes the listener. */
void client_stop_listening(struct worker_listener *listener);

/* The client that ${req} came from. */
struct client *client_of(h2o_req_t *req);

/* Ends the connections that carry no request: their reading side is shut, and libh2o closes. */
void client_close_idle(struct worker *worker);

/* Ends all connections at once. */
void client_close_all(struct worker *worker);

#endif
