/*
 * Passive health checks: an endpoint whose attempts fail several times in a row is ejected for some
 * time. Its numbers and words are those of Envoy's outlier detection. The settings are struct
 * service_ejection.
 *
 *   ejected    after settings->failures failures in a row. The time is time_ms multiplied by the
 *              number of its ejections in a row, and at most max_time_ms. For each time_ms since
 *              the endpoint's return, the number is one less
 *   how many   at most max_percent of the service's endpoints are out at the same time, backups
 *              included. The number is rounded down, but is at least 1 when the service has two or
 *              more endpoints. The only endpoint of a service is never ejected
 *   the trial  begins when the time is over (endpoint_state.h). Its success ends the ejection. Its
 *              failure ejects the endpoint again, unless a new configuration ejects fewer
 *              endpoints. When it is cancelled, the next attempt is the trial. The ends of other
 *              attempts decide nothing
 *   a check    a good active health check ends an ejection that was caused by REASON_CONNECT,
 *              REASON_RESET or REASON_TIMEOUT. All other ejections end by a trial only
 *
 * Every worker decides by itself. A lock that never waits (service_state.is_ejecting) makes sure
 * that several workers together do not eject too many endpoints. A worker that does not get the
 * lock leaves the decision to the next failure.
 *
 * Each ejection is logged as the event endpoint_ejected, and each return as endpoint_returned.
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
    struct endpoint *endpoint;     /* that was asked */
    enum endpoint_outcome outcome;
    enum reason reason; /* of a failure */
    int status;         /* of the answer; 0: none came */
    bool is_trial;      /* the attempt was the endpoint's trial */
    int64_t now_ns;
};

/* To be called once for every attempt that has ended. Ejects the endpoint when too many attempts
 * have failed. */
void ejection_attempt_ended(const struct ejection_event *event);

/* Decides about a trial by the head of its answer, because the body may last for hours. The later
 * end of this attempt is not the end of a trial any more. */
void ejection_trial_answered(const struct ejection_event *event);

/* An active health check of an endpoint of ${service} was good at ${now_ns}. ${address} is the
 * endpoint's, for the log. */
void ejection_check_passed(const char *service, const char *address, struct endpoint_state *state,
                           int64_t now_ns);

#endif
