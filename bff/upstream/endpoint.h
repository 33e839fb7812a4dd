/*
 * A worker's side of one address of a service: its IP addresses, and the idle connections to it.
 * Several configurations may name the same address (endpoints.h). Their calls share the endpoint.
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

struct endpoint {
    const struct service_endpoint *at; /* a copy of its own */
    const struct endpoint_loop *on;
    struct endpoint_state *state; /* shared by all workers */
    struct resolve addresses;
    bool is_looked_up;   /* the name has been looked up once, with success or without */
    h2o_linklist_t idle; /* idle connections; the one used last is the first */
    size_t idle_count;
    bool is_forgotten;        /* no configuration names it any more: its connections are not kept */
    struct trust *trust;      /* NULL: plain */
    SSL_CTX *tls;             /* the trust's; NULL: plain */
    struct text request_tail; /* " HTTP/1.1\r\nhost: 127.0.0.1:3000\r\n" */

    /* endpoints.c's own */
    h2o_linklist_t link;
    unsigned named; /* number of configurations that name it */
    unsigned held;  /* number of configurations whose calls may be under way; at 0 the endpoint is
                       freed */
};

/* Makes the endpoint of ${service} at ${at}. ${trust} is needed when the scheme of ${at} is https.
 * The host name is not looked up yet. */
struct endpoint *endpoint_new(const struct endpoint_loop *on, const char *service,
                              const struct service_endpoint *at, struct trust *trust);

/* Frees the endpoint. No connection to it may exist any more. */
void endpoint_free(struct endpoint *endpoint);

#endif
