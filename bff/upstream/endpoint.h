/*
 * A worker's side of one endpoint of a service: its IP addresses, and the idle connections to it.
 * Several configurations may name the same endpoint (endpoints.h). Their calls share it.
 *
 * With resolves_each, every IP address of a host name is an endpoint of its own. It has the name's
 * Host header, SNI and check of the certificate, but dials only its own IP address.
 */
#ifndef BFF_UPSTREAM_ENDPOINT_H
#define BFF_UPSTREAM_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

#include <h2o/linklist.h>
#include <h2o/multithread.h>
#include <h2o/socket.h>

#include "bff/base/text.h"
#include "bff/loop/resolve.h"
#include "bff/loop/timer.h"
#include "bff/upstream/batch.h"
#include "bff/upstream/endpoint_state.h"
#include "bff/upstream/service.h"

#define ENDPOINT_SCRATCH_BYTES ((size_t)128 * 1024)

struct trust;

/* What the endpoints of a worker use. All of it outlives the endpoints. */
struct endpoint_loop {
    h2o_loop_t *loop;
    h2o_multithread_receiver_t *resolver; /* its handler is h2o_hostinfo_getaddr_receiver */
    struct timers *timers;
    struct batch *batch;       /* NULL: connections send and read by themselves */
    struct registry *registry; /* has the endpoints' states; NULL: the registry of the process */
    char *scratch;             /* ENDPOINT_SCRATCH_BYTES for reads; endpoints_new sets it */
};

/* Returns the registry that has the states of services and endpoints. */
static inline struct registry *endpoint_loop_registry(const struct endpoint_loop *on)
{
    return on->registry == NULL ? registry_of_process() : on->registry;
}

/* What identifies an endpoint. */
struct endpoint_identity {
    const char *service;
    const struct service_endpoint *at;     /* scheme, host and port */
    struct trust *trust;                   /* needed for https */
    const struct resolve_address *address; /* the one of the host's addresses that this endpoint is;
                                              NULL: the endpoint is all of them */
};

struct endpoint {
    const struct service_endpoint *at; /* a copy of its own */
    const struct endpoint_loop *on;
    struct endpoint_state *state; /* shared by all workers */
    struct resolve addresses;
    struct text label; /* its name in logs: "users.internal:3000", or "10.0.0.7:3000" when it is one
                          address */
    bool is_address;   /* it is one address of its host name */
    bool is_looked_up; /* the name has been looked up once, with success or without */
    h2o_linklist_t idle; /* idle connections; the first one is the one that was used last */
    size_t idle_count;
    bool is_forgotten;        /* no configuration names it any more: its connections are not kept */
    struct trust *trust;      /* NULL: plain */
    SSL_CTX *tls;             /* the trust's; NULL: plain */
    struct text request_tail; /* " HTTP/1.1\r\nhost: 127.0.0.1:3000\r\n" */

    /* endpoints.c's own */
    h2o_linklist_t link;
    unsigned named; /* number of configurations that name it */
    unsigned held;  /* number of configurations that name it or have calls under way, and of
                       attempts under way; at 0 the endpoint is freed */
    char address[RESOLVE_TEXT_BYTES]; /* the label, when the endpoint is one address */
};

/* Makes an endpoint. What ${identity} has is copied or gets a reference. The host name is not
 * looked up yet. */
struct endpoint *endpoint_new(const struct endpoint_loop *on,
                              const struct endpoint_identity *identity);

/*
 * Returns the label of ${endpoint} for later use. When the endpoint is a row of the configuration,
 * it lives as long as the configuration, and the label is borrowed. When it is one address of a
 * host name, it may end sooner, and the label is copied to ${copy}.
 */
struct text endpoint_label(const struct endpoint *endpoint, char copy[RESOLVE_TEXT_BYTES]);

/* Frees the endpoint. No connection to it may exist any more. */
void endpoint_free(struct endpoint *endpoint);

#endif
