/*
 * Passive health checks: an endpoint whose attempts fail several times in a row is ejected for some
 * time. Numbers and words are those of Envoy's outlier detection.
 */
#ifndef BFF_UPSTREAM_EJECTION_H
#define BFF_UPSTREAM_EJECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/upstream/balance.h"
#include "bff/upstream/endpoint_state.h"

/* The end of an attempt. */
struct ejection_event {
    const struct balance *balance; /* of the service */
    struct endpoint_state *state;  /* of the endpoint that was asked */
    enum endpoint_outcome outcome;
    enum reason reason; /* of a failure */
    int status;         /* of the answer; 0: none came */
    bool is_trial;      /* the attempt was the endpoint's trial */
    int64_t now_ns;
};

/* To be called once for every attempt that has ended. Ejects the endpoint when too many attempts
 * have failed. */
void ejection_attempt_ended(const struct ejection_event *event);

#endif
