/*
 * All endpoints of a worker, for as long as the worker lives. A configuration holds the endpoints
 * that it names. When two configurations name the same endpoint, they share it and its connections.
 * When no configuration names an endpoint any more, its idle connections are closed, and its name
 * is not looked up again.
 *
 * An endpoint is identified by its service's name, its scheme, host and port, and the certificate
 * authorities that the service trusts.
 */
#ifndef BFF_UPSTREAM_ENDPOINTS_H
#define BFF_UPSTREAM_ENDPOINTS_H

#include <stdint.h>

#include <h2o/linklist.h>

#include "bff/loop/bell.h"
#include "bff/upstream/endpoint.h"

#define ENDPOINTS_IDLE_MS 30000 /* how long an idle connection is kept */
#define ENDPOINTS_SWEEP_MS 5000 /* how often old idle connections are closed */

struct endpoints {
    struct endpoint_loop on;
    h2o_linklist_t all;       /* the endpoints that a configuration names */
    h2o_linklist_t listeners; /* struct endpoints_listener */
    struct timer sweep;
    struct timer resolve;
    uint32_t resolve_ms;
    struct bell *bell; /* NULL: endpoints_bell was not called */
};

/* ${looked_up} is called whenever the name of an endpoint has been looked up. The struct is
 * embedded in its owner. All zero: not listening. */
struct endpoints_listener {
    h2o_linklist_t link;
    void (*looked_up)(struct endpoints_listener *listener);
};

/* Makes the list of a worker's endpoints, which is empty at first. ${on} is copied; its scratch is
 * ignored, because this function makes it. */
struct endpoints *endpoints_new(const struct endpoint_loop *on);

/* Frees everything. No configuration may hold an endpoint any more. NULL: does nothing. */
void endpoints_free(struct endpoints *endpoints);

/*
 * Returns the endpoint of ${service} at ${at}, for a configuration that names it. ${trust} is the
 * trust of the service and is needed for https. The endpoint is made when no other configuration
 * names it.
 */
struct endpoint *endpoints_hold(struct endpoints *endpoints, const char *service,
                                const struct service_endpoint *at, struct trust *trust);

/*
 * To be called once for each endpoints_hold: the configuration does not name the endpoint any more.
 * When no other configuration names it, its idle connections are closed and a look-up under way is
 * cancelled. Calls under way go on.
 */
void endpoints_forget(struct endpoint *endpoint);

/* To be called once after each endpoints_forget, when the configuration's last call is over. When
 * no other configuration holds the endpoint, it is freed. */
void endpoints_release(struct endpoint *endpoint);

/* Looks up all names at once, and again every ${resolve_ms}. A later call of this function replaces
 * ${resolve_ms}. */
void endpoints_resolve(struct endpoints *endpoints, uint32_t resolve_ms);

/* Returns the bell of the worker. It is valid until endpoints_free. */
struct bell *endpoints_bell(struct endpoints *endpoints);

/* Adds ${listener}. Does nothing when it is already added. */
void endpoints_listen(struct endpoints *endpoints, struct endpoints_listener *listener);

/* Removes ${listener}. May be called at any time, and more than once. */
void endpoints_unlisten(struct endpoints_listener *listener);

#endif
