/*
 * The health requests to one endpoint, one at a time. This header is for the files of health only.
 */
#ifndef BFF_UPSTREAM_HEALTH_PROBE_H
#define BFF_UPSTREAM_HEALTH_PROBE_H

#include "bff/upstream/call.h"
#include "bff/upstream/health_body.h"
#include "bff/upstream/health_known.h"

struct health_probe {
    const struct service_settings *settings;
    void (*ended)(struct health_probe *probe, const struct health_result *result);

    /* health_probe.c's own */
    struct upstream *upstream;
    struct call_ask ask;
    struct call call;
    struct timer timeout;
    int status; /* of the answer to the current request; 0: there was none */
    struct health_body body;
    int64_t asked_ns;
};

/* ${settings} are those of the service, and outlive the probe. ${ended} is called with the result
 * of each request, never from inside health_probe_ask. */
void health_probe_init(struct health_probe *probe, const struct service_settings *settings,
                       void (*ended)(struct health_probe *probe,
                                     const struct health_result *result));

/* Frees the memory of ${probe}, which must have been stopped. */
void health_probe_dispose(struct health_probe *probe);

/* Asks ${endpoint} of ${upstream}. Does nothing while an earlier request has not ended. */
void health_probe_ask(struct health_probe *probe, struct upstream *upstream,
                      struct endpoint *endpoint);

/* Ends the request without a result. */
void health_probe_stop(struct health_probe *probe);

#endif
