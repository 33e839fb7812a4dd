/*
 * A worker's side of all services: where their endpoints are now, and the connections to them.
 * Nothing here is shared with another worker but the constant settings.
 */
#ifndef BFF_UPSTREAM_UPSTREAM_H
#define BFF_UPSTREAM_UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include <h2o/linklist.h>
#include <h2o/multithread.h>
#include <h2o/socket.h>

#include "bff/base/random.h"
#include "bff/base/text.h"
#include "bff/loop/timer.h"
#include "bff/upstream/balance.h"
#include "bff/upstream/batch.h"
#include "bff/loop/resolve.h"
#include "bff/upstream/service.h"

#define UPSTREAM_SCRATCH_BYTES ((size_t)128 * 1024)
#define UPSTREAM_IDLE_MAX 256  /* idle connections kept for one endpoint */
#define UPSTREAM_IDLE_MS 30000 /* how long one is kept */
#define UPSTREAM_SWEEP_MS 5000 /* how often the old ones are looked for */

struct upstream_endpoint {
    const struct service_endpoint *at;
    struct upstream *upstream;
    struct resolve addresses;
    h2o_linklist_t idle; /* of connections, the one used last in front */
    size_t idle_count;
    SSL_CTX *tls;             /* NULL: plain */
    struct text request_tail; /* " HTTP/1.1\r\nhost: 127.0.0.1:3000\r\n" */
};

struct upstream_service {
    const struct service_settings *settings;
    struct upstream_endpoint *endpoints;
    struct balance balance;
};

/* What a worker gives its upstream; all of it outlives it. */
struct upstream_loop {
    h2o_loop_t *loop;
    h2o_multithread_receiver_t *resolver; /* runs h2o_hostinfo_getaddr_receiver */
    struct timers *timers;
    struct batch *batch; /* NULL: connections send and read by themselves */
};

struct upstream {
    struct upstream_loop on;
    struct upstream_service *services;
    size_t service_count;
    struct random random; /* of span ids */
    char *scratch;        /* UPSTREAM_SCRATCH_BYTES that connections read into by themselves */
    struct timer sweep;
    struct timer resolve;
    uint32_t resolve_ms;
    size_t looking; /* names whose look-up is under way */
    void (*on_resolved)(void *cookie);
    void *cookie;
};

/* Makes a worker's side of ${count} services. NULL, and a sentence in *wrong, when a service's
 * authorities cannot be used. */
struct upstream *upstream_new(const struct upstream_loop *on,
                              const struct service_settings *settings, size_t count,
                              const char **wrong);

/*
 * Begins to resolve names, and again every ${resolve_ms}. ${on_resolved} is called once, perhaps
 * from here, when every name has been looked up, with success or without.
 */
void upstream_start(struct upstream *upstream, uint32_t resolve_ms,
                    void (*on_resolved)(void *cookie), void *cookie);

/* Closes every idle connection and frees all. No call may be under way. */
void upstream_free(struct upstream *upstream);

/* The worker's side of ${service}; NULL when this build does not have it. */
struct upstream_service *upstream_service(struct upstream *upstream,
                                          const struct bff_service *service);

#endif
