/*
 * The endpoints of one service, for the health checks and for the health pages. At first these are
 * the endpoints of the settings. When the checks have started, they are the members of the
 * service's set (endpoint_set.h). The thread that makes the checks changes the list, and any thread
 * may read it. This header is for the files of health only.
 */
#ifndef BFF_UPSTREAM_HEALTH_WATCHED_H
#define BFF_UPSTREAM_HEALTH_WATCHED_H

#include <pthread.h>

#include "bff/upstream/endpoint_set.h"
#include "bff/upstream/health_known.h"
#include "bff/upstream/health_probe.h"

struct health_watched_endpoint {
    struct health_watched *of;
    const struct service_endpoint *at; /* of the settings */
    char address[RESOLVE_TEXT_BYTES];  /* the one of the host's addresses that this endpoint is, as
                                          text; "": it is all of them */
    struct endpoint_state *state;
    struct health_known *known; /* NULL: the service is not asked */
    struct endpoint *endpoint;  /* of the worker that makes the checks; NULL: not started */
    struct health_probe probe;
    bool is_asked; /* the first check was made */
};

struct health_watched {
    const struct service_settings *settings;
    struct health_known *known; /* NULL: the service is not asked */
    void (*ended)(struct health_probe *probe, const struct health_result *result);
    pthread_mutex_t lock; /* of the list: other threads hold it while they read the list or an
                             endpoint in it, and the thread of the checks while it changes it */
    struct health_watched_endpoint *endpoints[SERVICE_ENDPOINTS_MAX];
    size_t count;
};

/* Fills ${watched}. ${settings} outlive it. ${ended} is for the probes (health_probe_init). */
void health_watched_init(struct health_watched *watched, const struct service_settings *settings,
                         void (*ended)(struct health_probe *probe,
                                       const struct health_result *result));

/* Makes the endpoints those of ${set}. What is known about an endpoint that stays is kept. */
void health_watched_follow(struct health_watched *watched, const struct endpoint_set *set);

/* Frees what health_watched_init has made. The probes must have been stopped. */
void health_watched_dispose(struct health_watched *watched);

/* Returns the text of ${endpoint} for logs. */
const char *health_watched_label(const struct health_watched_endpoint *endpoint);

#endif
