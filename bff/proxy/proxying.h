/*
 * A request being passed on. Private to bff/proxy. It is no part of the request's memory, as a
 * tunnel outlives its request; the request holds it by a hook, until it is a tunnel.
 */
#ifndef BFF_PROXY_PROXYING_H
#define BFF_PROXY_PROXYING_H

#include <h2o.h>

#include "bff/http/watch.h"
#include "bff/proxy/proxy.h"
#include "bff/upstream/call.h"

/* A service may be ahead of its client by so much; then it is held back. */
#define PROXYING_AHEAD_BYTES ((size_t)64 * 1024)

/* Bytes from the service: those being sent, and those that have come meanwhile. */
struct proxying_bytes {
    char *at;
    size_t len, capacity;
};

struct proxying {
    h2o_generator_t generator;        /* first: libh2o gives it back */
    struct request *request;          /* NULL once it is a tunnel */
    struct worker_settings *settings; /* held: a tunnel uses them when its request is gone */
    struct proxy_ask ask;
    struct call_ask call_ask;
    struct call call;
    struct watch watch;
    struct proxying_bytes sending, next;
    bool is_begun;   /* the answer's head is libh2o's */
    bool has_head;   /* and the client's */
    bool is_sending; /* libh2o, or the client's socket, has ${sending} */
    bool is_ended;   /* the service has said all that it will */
    bool is_cut;     /* before its end */
    bool is_over;    /* the last of the answer is on its way */

    /* of a tunnel */
    struct client *client;
    h2o_socket_t *socket; /* the client's; NULL until libh2o has given it to us */
    h2o_buffer_t *upward; /* what is being written to the service */
    bool is_tunnel;
};

/* True when the client asks for WebSocket and the route has it. */
bool proxying_wants_upgrade(const struct request *request, const struct plain_route *route);

/* What the service gets to read of ${request}: header lines. */
struct text proxying_request_fields(struct request *request, const struct proxy_ask *ask);

/* Sets status, fields and length of the answer from the service's head. */
void proxying_set_head(struct proxying *proxying, const struct exchange_head *head);

/* Adds bytes to what comes next, and holds the service back when that is too much. */
void proxying_add(struct proxying *proxying, const char *bytes, size_t len);

/* Makes what has come what is sent. */
void proxying_swap(struct proxying *proxying);

/* The service's 101 has come: the connections belong together from now on. */
void tunnel_begin(struct proxying *proxying);
void tunnel_flush(struct proxying *proxying);
void tunnel_ended(struct proxying *proxying);

/* Frees all, whatever is under way, silently. */
void proxying_free(struct proxying *proxying);

#endif
