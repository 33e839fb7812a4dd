/*
 * The services of one configuration, in one worker: their settings, their balances, and the
 * worker's endpoints that the configuration names. Two configurations may live side by side in a
 * worker, and share connections (endpoints.h). No other worker uses it.
 */
#ifndef BFF_UPSTREAM_UPSTREAM_H
#define BFF_UPSTREAM_UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/random.h"
#include "bff/upstream/balance.h"
#include "bff/upstream/endpoints.h"
#include "bff/upstream/service.h"

struct call_policy;
struct call_report;

struct upstream_service {
    const struct service_settings *settings;
    struct endpoint **endpoints;      /* settings->endpoint_count of them, in that order */
    struct balance balance;           /* over the endpoints */
    const struct call_policy *policy; /* of calls to it; NULL: call_policy_default */
};

struct upstream {
    const struct endpoint_loop *on;
    struct upstream_service *services;
    size_t service_count;
    struct random random; /* of span ids */

    /* Called with the cookie for every attempt that has ended. NULL: nothing is called. Set it
     * before the first call. */
    void (*observe)(void *cookie, const struct call_report *report);
    void *observe_cookie;

    /* upstream.c's own */
    struct endpoints *endpoints;
    struct endpoints_listener listener;
    void (*on_resolved)(void *cookie);
    void *cookie;
    size_t calls; /* under way */
    bool is_over; /* upstream_free was called */
};

/*
 * Makes the upstream of ${count} services in the worker of ${endpoints}. The settings must live
 * until upstream_free, and a service with an https endpoint must have its trust
 * (service_load_trust).
 */
struct upstream *upstream_new(struct endpoints *endpoints, const struct service_settings *settings,
                              size_t count);

/*
 * Resolves the names, now and then every ${resolve_ms}. ${on_resolved} is called once, perhaps from
 * here, when every name of this configuration has been looked up, with success or without. After
 * upstream_free it is not called.
 */
void upstream_start(struct upstream *upstream, uint32_t resolve_ms,
                    void (*on_resolved)(void *cookie), void *cookie);

/*
 * The configuration ends in this worker. Endpoints that no other configuration names close their
 * idle connections. Calls may be under way: the memory is freed when the last of them has ended.
 * Only a call that has got the head of its answer goes on; the other calls can only end. NULL:
 * nothing.
 */
void upstream_free(struct upstream *upstream);

/* For call.c: a call begins. */
void upstream_call_begins(struct upstream *upstream);

/* For call.c: a call has ended. */
void upstream_call_ended(struct upstream *upstream);

/* The worker's side of ${service}; NULL when this build does not have it. */
struct upstream_service *upstream_service(struct upstream *upstream,
                                          const struct bff_service *service);

#endif
