/* What is known about the health of a service and of its endpoints (health.h). */
#ifndef BFF_UPSTREAM_HEALTH_REPORT_H
#define BFF_UPSTREAM_HEALTH_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/loop/resolve.h"
#include "bff/upstream/service.h"

enum health_state {
    HEALTH_UNKNOWN, /* not asked, or no answer so far; used as if it were up */
    HEALTH_UP,
    HEALTH_DOWN,    /* an endpoint: the checks fail. A service: no endpoint gets requests */
    HEALTH_EJECTED, /* only an endpoint (ejection.h) */
    HEALTH_TRIAL,   /* only an endpoint: the time of its ejection is over, and its trial is due or
                       under way */
};

/* What is known about a service. */
struct health_report {
    enum health_state state;
    enum reason reason; /* of the last failure, while at least one endpoint is down or ejected;
                           otherwise REASON_NONE */
    int status;         /* the status of that answer; 0: there was none */
    int64_t since_ms;   /* wall clock, when it entered its state */
    int64_t asked_ms; /* wall clock, when the last answer came or the last check failed; 0: no check
                         yet */
    int64_t took_ns;  /* from the last check to its answer */
    size_t endpoints;
    size_t endpoints_down; /* or ejected */
};

/* What is known about one endpoint of a service. */
struct health_endpoint {
    const struct service_endpoint *at; /* of the settings */
    char address[RESOLVE_TEXT_BYTES];  /* the one of the host's addresses that this endpoint is; "":
                                          it is all of them */
    enum health_state state;
    enum reason reason;    /* why it is down or was ejected; else REASON_NONE */
    int status;            /* the status of that answer; 0: there was none */
    int64_t since_ms;      /* wall clock, when it entered its state */
    int64_t until_ms;      /* wall clock, when its ejection ends; 0: it is not ejected */
    unsigned in_flight;    /* attempts of all workers */
    int64_t first_byte_ns; /* moving average; 0: there is none yet */
    unsigned connections;  /* open ones, of all workers */
    uint64_t ejected;      /* how often it was ejected, ever */
};

#endif
