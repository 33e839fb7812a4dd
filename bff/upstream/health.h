/*
 * Active health checks: sends each service a GET request for health.path every health.interval_ms.
 * The interval varies by up to health.jitter_percent, so that several servers do not ask at the
 * same moments. One worker makes the checks; every thread may read the results. A service whose
 * health.path is NULL is never asked, and the checks know nothing about it.
 *
 * All endpoints of a service are asked at the same time. With resolves_each, these are the
 * addresses of its host names, and a new address is asked at once. A check is good when the
 * endpoint answers within health.timeout_ms with the status health.status and a complete body of at
 * most 64 KiB that has the text health.body. The first check of an endpoint decides at once. Later,
 * the endpoint is down after health.fall bad checks in a row, and up again after health.rise good
 * ones. For the checks, a service is up when at least one of its endpoints is up, and down when all
 * are down.
 *
 * The results have effects: an endpoint that is down gets no requests (endpoint_state.is_down), and
 * a good check may end an ejection (ejection.h).
 *
 * This is also the place where the health pages read everything that is known about a service.
 */
#ifndef BFF_UPSTREAM_HEALTH_H
#define BFF_UPSTREAM_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/upstream/breaker.h"
#include "bff/upstream/health_report.h"
#include "bff/upstream/service.h"
#include "bff/upstream/upstream.h"

/* The checks have found that a service or an endpoint is down, or is up again. */
struct health_change {
    const char *service;
    const char *endpoint; /* its text for logs, "127.0.0.1:3000"; NULL: the service as a whole */
    bool is_up;
    enum reason reason;    /* why it is down, or was down */
    int status;            /* the status of that answer; 0: there was none */
    int64_t down_since_ms; /* wall clock, when it went down */
};

/*
 * Called for each change, in the thread that makes the checks: first for the endpoint, then for the
 * service if that has changed, too. It is not called when the first result is that an endpoint is
 * up.
 */
typedef void (*health_changed)(const struct health_change *change);

struct health;

/*
 * Makes the health checks without starting them. ${services} must outlive the result. ${changed}
 * may be NULL. What is known about a service is state of the process (bff/base/registry.h), found
 * by the service's name. So a new configuration begins with the results of the previous one. At
 * most one struct health may be started at a time.
 */
struct health *health_new(const struct service_settings *services, size_t count,
                          health_changed changed);

/* Frees ${health}. Must not be called between health_start and health_stop. NULL: does nothing. */
void health_free(struct health *health);

/*
 * Starts the health checks; the first ones are made at once. ${upstream} must be made of the same
 * services, and its names must have been looked up. To be called in the thread of ${upstream}, by
 * one worker only, also when no service is asked. An endpoint that was down in an earlier
 * configuration stays down if this configuration asks it, too. Otherwise its checks do not count
 * any more, and it may get requests again.
 */
void health_start(struct health *health, struct upstream *upstream);

/* Stops the health checks. To be called before upstream_free, in the same thread. The results can
 * still be read, and endpoints that are down stay down until the next health_start. Does nothing if
 * the checks were not started. */
void health_stop(struct health *health);

size_t health_count(const struct health *health);
const struct service_settings *health_service(const struct health *health, size_t service);

/* Returns what is known about the service with the number ${service}, which must be less than
 * health_count. May be called from any thread, and never waits for an answer. */
struct health_report health_read(struct health *health, size_t service);

/*
 * The same for the endpoint with the number ${endpoint}, from 0. The endpoints are in the order of
 * the service's settings. With resolves_each, every known address of a host name is an endpoint,
 * and the list changes with the addresses. Past the last endpoint, the result's ${at} is NULL.
 */
struct health_endpoint health_read_endpoint(struct health *health, size_t service, size_t endpoint);

/* The same for the breaker of the service. Returns false when it has none. */
bool health_read_breaker(struct health *health, size_t service, struct breaker_report *out);

#endif
