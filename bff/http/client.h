/*
 * A client's connection, from accept to close. libh2o owns the socket of the connection. We keep
 * our data about the connection in struct client, and find it through the socket's on_close.
 */
#ifndef BFF_HTTP_CLIENT_H
#define BFF_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include "bff/loop/timer.h"
#include "bff/base/ip.h"
#include "bff/http/addresses.h"

struct client_certificate;
struct client_linger;
struct client_proxy;
struct worker;

/* What slow_client.c found when it last checked the client. */
struct pace {
    int state;
    size_t requests, used_bytes, written, rests;
    int64_t taken; /* bytes of answers that the client had taken when ${write_ns} was set */
    uint64_t received;
    uint64_t fresh;  /* number of received bytes when ${read_ns} was set */
    uint64_t wasted; /* number of bytes that did not become a request, minus the forgiven bytes */
    int64_t head_ns, read_ns, write_ns;
};

struct client {
    h2o_linklist_t link; /* in worker->clients */
    struct worker *worker;
    struct worker_listener *listener; /* it came to this one, which lives at least as long */
    h2o_socket_t *socket;
    size_t in_flight;        /* requests that have begun and are not yet freed */
    size_t requests;         /* requests since the connection was accepted */
    size_t sending;          /* answers of which bytes are being sent: see slow_client.h */
    size_t rests;            /* how often ${sending} became 0 */
    h2o_linklist_t answers;  /* the requests of these answers: struct request */
    size_t sent_bytes;       /* bytes of bodies, of all other answers */
    size_t used_bytes;       /* received bytes that became requests */
    size_t reading;          /* requests that wait for their body: see body.h */
    h2o_linklist_t bodies;   /* of struct body */
    h2o_linklist_t answered; /* of body_http2.c, */
    size_t answered_count;   /* their number, and what frees them */
    void (*forget_answered)(struct client *client);
    size_t held_bytes;  /* HTTP/2: of bodies, which nobody has used yet: see body_http2_window.h */
    bool is_admin;      /* an operator: it came to a listener for the pages of operators */
    bool is_unix;       /* it came by a unix socket, so the file system let it in */
    bool is_http2;      /* set when its first request begins */
    bool has_open_head; /* HTTP/2: CONTINUATION frames of a head are awaited: see slow_client.c */
    bool is_tunnel;     /* it has left HTTP: only stalled sending is checked */
    bool is_cut;        /* client_cut was called: no request begins any more */
    bool is_slow;       /* slow_client.c has ended it */
    bool sends_on;      /* it may still send what nobody will read: its end is a lingering close */
    int linger_fd; /* of client_linger.c: a second descriptor of a connection that will linger */
    struct client_linger *linger; /* it lingers; NULL: it does not */
    int64_t resets_ns;            /* time when its token bucket for resets is full again */
    struct pace pace;
    struct client_certificate *certificate; /* that it has shown; NULL: none */
    struct client_proxy *proxy;             /* its PROXY header is being read; NULL: it is not */
    bool has_places;                        /* it is counted in ${places} */
    struct address_places places;

    /* set when its first request begins */
    bool is_known;
    char address[IP_TEXT]; /* without port, or "unix"; empty if the connection was already closed */
    const char *tls;       /* "TLSv1.3"; NULL: plain */
};

/*
 * The part of one listener that belongs to one worker. When no configuration names the listener any
 * more, it stops accepting. It is freed when the last of its connections is closed.
 */
struct worker_listener {
    h2o_linklist_t link; /* in worker->listeners, while it accepts */
    struct worker *worker;
    int *fd; /* the place of its descriptor in struct listen */
    bool is_tls, is_admin, is_unix, has_proxy_header;
    bool has_successor; /* another process accepts what waits on its socket */
    h2o_accept_ctx_t accept;
    h2o_socket_t *socket; /* NULL after it was closed */
    struct timer again;   /* set while there is no free descriptor; later see client_leave.h */
    size_t clients;       /* open connections that came to it */
    bool is_leaving;      /* no configuration names it: its connections end when they can */
};

/* Begins to accept connections on ${*listener->fd}, which ${listener} then owns. ${listener} is
 * allocated. */
void client_listen(struct worker_listener *listener);

/* Accepts the connections that are waiting, unless there is a successor. Then closes the socket and
 * sets ${*listener->fd} to -1.
 */
void client_stop_listening(struct worker_listener *listener);

/* Frees a listener that has stopped, unless it has connections: then the last one frees it. */
void client_free_listener(struct worker_listener *listener);

/* Returns the client whose socket is ${socket}. NULL: the socket is not a client's. */
struct client *client_of_socket(h2o_socket_t *socket);

/* Returns the client that has sent ${req}. */
struct client *client_of(h2o_req_t *req);

/*
 * Ends the connection at once. Bytes that wait to be sent are dropped. This function can be called
 * at any place in the code, because it only shuts the socket down. libh2o notices this later and
 * closes the socket.
 */
void client_cut(struct client *client);

/* Ends the connection of a client that has left, or that is handled as if it had left. Nothing is
 * sent to it any more. Like client_cut, this function can be called at any place in the code. */
void client_shut(struct client *client);

/*
 * For an incomplete answer that ends with the close of the connection. libh2o closes the connection
 * after the next send. This function makes the client see an error at that close, so that the
 * client notices that the answer is not complete.
 */
void client_end_short(struct client *client);

/* Does the same as client_cut for HTTP/2, and also drops the bytes that libh2o has read but not
 * processed. To be called only from a callback of libh2o for this client, or from a timer. */
void client_cut_http2(struct client *client);

/*
 * To be called when a request of an HTTP/2 connection ended before it was answered. Takes a token
 * from the bucket of the connection (limits.resets_at_once). If the bucket is empty, the connection
 * is cut.
 */
void client_spend_reset(struct client *client);

/* Ends the connections of ${worker} that have no request: shuts their reading side down, so that
 * libh2o closes them. */
void client_close_idle(struct worker *worker);

/* Ends all connections of ${worker} at once. */
void client_close_all(struct worker *worker);

#endif
