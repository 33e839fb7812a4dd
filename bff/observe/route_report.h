/*
 * The outcome of a request that a plain route passed on to a service, as plain data. bff/proxy
 * makes one when the request is over, and stores it in request->passed.
 */
#ifndef BFF_OBSERVE_ROUTE_REPORT_H
#define BFF_OBSERVE_ROUTE_REPORT_H

#include <stdbool.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/observe/attempts_report.h"

struct route_report {
    struct text service;
    enum reason reason; /* why there was no answer, or why it was cut; REASON_NONE: it was passed on
                           as a whole, whatever its status */
    bool is_cancelled;  /* the request ended before the service's answer did */
    struct text cache;  /* what the cache did: "hit", "stale", "validated", "miss", "bypass",
                           "collapsed"; absent: the route has no cache */
    struct text mirror; /* "sent" or "dropped": a copy of the request was due, for the mirror of the
                           route; absent: none was */
    struct attempts_report attempts; /* without an endpoint when the answer is from the cache */
};

#endif
