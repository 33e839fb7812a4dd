/*
 * All endpoints of a worker, for as long as the worker lives. A configuration holds the endpoints
 * that it names; what two configurations name is one endpoint, with the same connections. What no
 * configuration names any more closes its idle connections, and its name is not looked up again.
 *
 * An endpoint is identified by its service's name, its scheme, host and port, and the authorities
 * that it is trusted by.
 */
#ifndef BFF_UPSTREAM_ENDPOINTS_H
#define BFF_UPSTREAM_ENDPOINTS_H

#include <stdint.h>

#include <h2o/linklist.h>

#include "bff/upstream/endpoint.h"

#define ENDPOINTS_IDLE_MS 30000 /* how long an idle connection is kept */
#define ENDPOINTS_SWEEP_MS 5000 /* how often the old ones are looked for */

struct endpoints {
    struct endpoint_loop on;
    h2o_linklist_t all;       /* that some configuration names */
    h2o_linklist_t listeners; /* struct endpoints_listener */
    struct timer sweep;
    struct timer resolve;
    uint32_t resolve_ms;
};

/* Told when a name has been looked up. Embedded; all zero: not listening. */
struct endpoints_listener {
    h2o_linklist_t link;
    void (*looked_up)(struct endpoints_listener *listener);
};

/* Makes a worker's endpoints: none so far. ${on} is copied, apart from its scratch, which is made
 * here. */
struct endpoints *endpoints_new(const struct endpoint_loop *on);

/* Frees all. No configuration holds an endpoint any more. NULL: nothing. */
void endpoints_free(struct endpoints *endpoints);

/*
 * The endpoint of ${service} at ${at}, for a configuration that names it. ${trust} is the
 * service's; it is needed for https. The first one to name it makes it.
 */
struct endpoint *endpoints_hold(struct endpoints *endpoints, const char *service,
                                const struct service_endpoint *at, struct trust *trust);

/*
 * The configuration does not name the endpoint any more. When no other does, the endpoint's idle
 * connections are closed and a look-up under way is cancelled. Calls under way go on. Then: the
 * configuration's last call is over, and the endpoint may be freed. Each hold is followed by one
 * forget, and that by one release.
 */
void endpoints_forget(struct endpoint *endpoint);
void endpoints_release(struct endpoint *endpoint);

/* Looks up all names, now and every ${resolve_ms} from now on. Called again: the new time holds. */
void endpoints_resolve(struct endpoints *endpoints, uint32_t resolve_ms);

/* Begins and ends to listen. The end may come at any time, and more than once. */
void endpoints_listen(struct endpoints *endpoints, struct endpoints_listener *listener);
void endpoints_unlisten(struct endpoints_listener *listener);

#endif
