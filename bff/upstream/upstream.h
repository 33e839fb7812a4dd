/*
 * The services of one configuration, in one worker: their settings, their balances, and the
 * worker's endpoints that the configuration names. A worker may have two configurations at the same
 * time, and they share connections (endpoints.h). No other worker uses a struct upstream.
 */
#ifndef BFF_UPSTREAM_UPSTREAM_H
#define BFF_UPSTREAM_UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/random.h"
#include "bff/upstream/balance.h"
#include "bff/upstream/bulkhead.h"
#include "bff/upstream/endpoint_set.h"
#include "bff/upstream/endpoints.h"
#include "bff/upstream/service.h"

struct breaker;
struct call_report;

struct upstream_service {
    const struct service_settings *settings;
    struct service_state *state; /* shared by all workers */
    struct breaker *breaker;     /* shared by all workers; NULL: there is none */
    struct endpoint_set set;     /* its members are the endpoints that are asked */
    struct balance balance;      /* chooses one of the members */
    struct bulkhead_queue queue; /* of calls over the limits; its ${shared} is NULL when the
                                    service has no limits */
};

/* ${changed} is called when service->set has other members than before. The endpoints that have
 * left stay readable until the callback returns. The struct is embedded in its owner. All zero: not
 * listening. */
struct upstream_listener {
    h2o_linklist_t link;
    void (*changed)(struct upstream_listener *listener, struct upstream_service *service);
};

struct upstream {
    const struct endpoint_loop *on;
    struct upstream_service *services;
    size_t service_count;
    struct random random; /* of span ids and of balances */
    bool has_hash;        /* a service is balanced by a hash, so calls need keys */

    /* Called with the cookie for every attempt that has ended. NULL: nothing is called. Set it
     * before the first call. */
    void (*observe)(void *cookie, const struct call_report *report);
    void *observe_cookie;

    /* upstream.c's own */
    struct endpoints *endpoints;
    struct endpoints_listener listener;
    h2o_linklist_t listeners;          /* struct upstream_listener */
    void (*on_resolved)(void *cookie); /* NULL: it has been called */
    void *cookie;
    size_t calls; /* under way */
    bool is_over; /* upstream_free was called */
};

/*
 * Makes the upstream of ${count} services in the worker of ${endpoints}. The settings must live
 * until the memory of the upstream is freed (upstream_free). A service with an https endpoint must
 * have loaded its trust (service_load_trust).
 */
struct upstream *upstream_new(struct endpoints *endpoints, const struct service_settings *settings,
                              size_t count);

/*
 * Looks up the host names at once, and again every ${resolve_ms}. ${on_resolved} is called once,
 * perhaps from inside this function, when every name of this configuration has been looked up, with
 * success or without. It is not called after upstream_free. It may free upstreams.
 */
void upstream_start(struct upstream *upstream, uint32_t resolve_ms,
                    void (*on_resolved)(void *cookie), void *cookie);

/*
 * The configuration ends in this worker. Endpoints that no other configuration names close their
 * idle connections. Calls may be under way: the memory is freed when the last of them has ended.
 * NULL: does nothing.
 */
void upstream_free(struct upstream *upstream);

/* For call.c: a call begins. */
void upstream_call_begins(struct upstream *upstream);

/* For call.c: a call has ended. */
void upstream_call_ended(struct upstream *upstream);

/* Adds ${listener}, until upstream_unlisten. It must not remove listeners in its callback. */
void upstream_listen(struct upstream *upstream, struct upstream_listener *listener);

/* Removes ${listener}. Does nothing when it is not added. To be called before upstream_free. */
void upstream_unlisten(struct upstream_listener *listener);

/* Returns what this worker has for ${service}; NULL when this build does not have the service. */
struct upstream_service *upstream_service(struct upstream *upstream,
                                          const struct bff_service *service);

#endif
