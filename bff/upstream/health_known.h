/*
 * What is known from health checks about a service, or about one of its endpoints. It is state of
 * the process, in the registry under the name of the service, or of service and endpoint. Only the
 * thread that makes the health checks writes it; any thread may read it. This header is for the
 * files of health only.
 */
#ifndef BFF_UPSTREAM_HEALTH_KNOWN_H
#define BFF_UPSTREAM_HEALTH_KNOWN_H

#include "bff/upstream/health_report.h"
#include "bff/upstream/service.h"

struct health_known;

/* Returns what is known about ${name}. The caller drops the reference with registry_release. */
struct health_known *health_known_hold(const char *name);

/* Returns a copy. The lock is held while the report is copied. The numbers of endpoints are 0:
 * health_read counts the endpoints. */
struct health_report health_known_read(struct health_known *known);

/* Replaces the report. Its since_ms becomes its asked_ms when the state changes. */
void health_known_write(struct health_known *known, struct health_report report);

/* The result of one check of an endpoint. */
struct health_result {
    enum reason reason; /* REASON_NONE: the check was good */
    int status;         /* of the answer; 0: there was none */
    int64_t took_ns;
};

/* Adds a result to what is known about an endpoint. The first result decides at once. Later, the
 * state changes after settings->rise good results in a row, or after settings->fall bad ones (0
 * counts as 1). */
void health_known_add(struct health_known *known, const struct service_health *settings,
                      const struct health_result *result);

#endif
