/*
 * The outcome of a request that a plain route passed on to a service, as plain data. bff/proxy
 * makes one when the request is over, and stores it in request->passed.
 */
#ifndef BFF_OBSERVE_ROUTE_REPORT_H
#define BFF_OBSERVE_ROUTE_REPORT_H

#include <stdbool.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"

struct route_report {
    struct text service;
    enum reason reason; /* why there was no answer, or why it was cut; REASON_NONE: it was passed on
                           as a whole, whatever its status */
    bool is_cancelled;  /* the request ended before the service's answer did */
    struct text endpoint; /* the last one that was asked, "127.0.0.1:3000"; absent: no retry */
    unsigned retries;     /* attempts after the first one; a hedge does not count */
    struct text retried;  /* why there was a retry: "127.0.0.1:3000 status 503"; absent: no retry */
    bool is_hedged;       /* a second endpoint was asked because the first one was slow */
    bool has_hedge_won;   /* and its answer was passed on */
};

#endif
