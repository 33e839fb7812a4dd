/*
 * All endpoints of a worker, for as long as the worker lives. A configuration holds the endpoints
 * that it names. When two configurations name the same endpoint, they share it and its connections.
 * When no configuration names an endpoint any more, its idle connections are closed, and its name
 * is not looked up again.
 *
 * An endpoint is identified by its service's name, its scheme, host and port, the certificate
 * authorities that the service trusts, and its IP address when it is one address of a host name.
 *
 * An endpoint that nothing holds any more is freed in a later step of the loop. So the code that
 * releases it may still read it until it returns to the loop.
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
    h2o_linklist_t unused;    /* the endpoints that will be freed */
    h2o_linklist_t listeners; /* struct endpoints_listener */
    unsigned round;           /* number of look-ups that were reported to the listeners */
    struct timer sweep;
    struct timer resolve;
    struct timer free_unused;
    uint32_t resolve_ms;
    struct bell *bell; /* NULL: endpoints_bell was not called */
};

/* ${looked_up} is called whenever the name of an endpoint has been looked up. It may remove any
 * listener. The struct is embedded in its owner. All zero: not listening. */
struct endpoints_listener {
    h2o_linklist_t link;
    void (*looked_up)(struct endpoints_listener *listener);
    unsigned round; /* the last one that was reported to it */
};

/* Makes the list of a worker's endpoints, which is empty at first. ${on} is copied; its scratch is
 * ignored, because this function makes it. */
struct endpoints *endpoints_new(const struct endpoint_loop *on);

/* Frees everything. No configuration may hold an endpoint any more. NULL: does nothing. */
void endpoints_free(struct endpoints *endpoints);

/* Returns the endpoint for a configuration that names it. Makes the endpoint when no other
 * configuration names it. */
struct endpoint *endpoints_hold(struct endpoints *endpoints,
                                const struct endpoint_identity *identity);

/*
 * To be called once for each endpoints_hold: the configuration does not name the endpoint any more.
 * When no other configuration names it, its idle connections are closed and a look-up under way is
 * cancelled. Calls under way go on.
 */
void endpoints_forget(struct endpoint *endpoint);

/* An attempt begins at the endpoint, which stays until endpoints_release. */
void endpoints_use(struct endpoint *endpoint);

/* To be called once after each endpoints_forget, when the configuration has no call under way that
 * could still choose the endpoint, and once after each endpoints_use. When nothing else holds the
 * endpoint, it will be freed. */
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
