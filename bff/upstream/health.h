/*
 * Whether the services are there: asked by GET of health_path, every health_interval_ms, give or
 * take a tenth so that many servers do not ask in step. One worker asks, every thread may read
 * what it found. A service whose health_path is NULL is never asked and stays unknown.
 *
 * Every endpoint of a service is asked, all at once; the service is up as soon as one of them is,
 * and down when none is. Up means: a 2xx status and the whole of its body, 64 KiB at most, within
 * health_timeout_ms.
 */
#ifndef BFF_UPSTREAM_HEALTH_H
#define BFF_UPSTREAM_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/upstream/service.h"
#include "bff/upstream/upstream.h"

#define HEALTH_BODY_MAX ((size_t)64 * 1024) /* bytes of an answer's body */

enum health_state {
    HEALTH_UNKNOWN, /* not asked, or not answered, so far: to be taken for up */
    HEALTH_UP,
    HEALTH_DOWN,
};

/* What is known of a service. */
struct health_report {
    enum health_state state;
    enum reason reason; /* of the last failure while down, or with some endpoints down; else none */
    int status;         /* what the service answered to that; 0: nothing */
    int64_t since_ms;   /* wall clock, when it came into its state */
    int64_t asked_ms;   /* wall clock, of the last answer or failure; 0: none so far */
    int64_t took_ns;    /* from question to answer, the last one's */
    size_t endpoints;
    size_t endpoints_down;
};

/*
 * Told, in the thread that asks, that ${service} has gone down (with the reason, and the status
 * where it answered) or is up again (REASON_NONE). The first answer of a service that is up is no
 * change.
 */
typedef void (*health_changed)(const char *service, bool is_up, enum reason reason, int status);

struct health;

/*
 * Nobody is asked yet. ${services} outlives it; ${changed} may be NULL. What is known of a service
 * is state of the process (bff/base/registry.h), found by the service's name: the health of a new
 * configuration goes on with what the one before has found. At most one of them is started.
 */
struct health *health_new(const struct service_settings *services, size_t count,
                          health_changed changed);

/* Not between health_start and health_stop. NULL: nothing. */
void health_free(struct health *health);

/*
 * Begins to ask, the first time at once: call it when the names of ${upstream}, which is made of
 * the same services, have been looked up. In the thread of ${upstream}, by one worker only.
 */
void health_start(struct health *health, struct upstream *upstream);

/* Ends it, before upstream_free and in the same thread. Reading goes on. Not started: nothing. */
void health_stop(struct health *health);

size_t health_count(const struct health *health);
const struct service_settings *health_service(const struct health *health, size_t service);

/* What is known of a service, less than health_count. From any thread, and never waits for an
 * answer. */
struct health_report health_read(struct health *health, size_t service);

#endif
