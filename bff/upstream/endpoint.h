/*
 * A worker's side of one address of a service: its IP addresses, and the idle connections to it.
 * Several configurations may name it (endpoints.h); calls share it.
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

/* What a worker lends to its endpoints. All of it outlives them. */
struct endpoint_loop {
    h2o_loop_t *loop;
    h2o_multithread_receiver_t *resolver; /* it runs h2o_hostinfo_getaddr_receiver */
    struct timers *timers;
    struct batch *batch;       /* NULL: connections send and read by themselves */
    struct registry *registry; /* of the endpoints' states; NULL: that of the process */
    char *scratch;             /* ENDPOINT_SCRATCH_BYTES to read into; endpoints_new sets it */
};

struct endpoint {
    const struct service_endpoint *at; /* a copy of its own */
    const struct endpoint_loop *on;
    struct endpoint_state *state; /* the process's */
    struct resolve addresses;
    bool is_looked_up;   /* the name has been looked up once, with success or without */
    h2o_linklist_t idle; /* of connections, the one used last in front */
    size_t idle_count;
    bool is_forgotten;        /* no configuration names it any more: none becomes idle */
    struct trust *trust;      /* NULL: plain */
    SSL_CTX *tls;             /* the trust's; NULL: plain */
    struct text request_tail; /* " HTTP/1.1\r\nhost: 127.0.0.1:3000\r\n" */

    /* endpoints.c's own */
    h2o_linklist_t link;
    unsigned named; /* by so many configurations */
    unsigned held;  /* by so many configurations whose calls may be under way; 0: it is freed */
};

/* Makes the endpoint of ${service} at ${at}; ${trust} is needed when that is https. Its name is not
 * resolved yet. */
struct endpoint *endpoint_new(const struct endpoint_loop *on, const char *service,
                              const struct service_endpoint *at, struct trust *trust);

/* Frees it. No connection to it exists any more. */
void endpoint_free(struct endpoint *endpoint);

#endif
