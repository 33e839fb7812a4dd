/* What became of the attempts of a call, as plain data. It is a member of part_report and
 * route_report. */
#ifndef BFF_OBSERVE_ATTEMPTS_REPORT_H
#define BFF_OBSERVE_ATTEMPTS_REPORT_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/upstream/call.h"

struct attempts_report {
    struct text endpoint; /* the last one that was asked, or the one whose answer was used:
                             "127.0.0.1:3000"; absent: none was asked */
    unsigned retries;     /* attempts after the first one; a hedge does not count */
    struct text retried;  /* why there was a retry: "127.0.0.1:3000 status 503"; absent: no retry */
    bool is_hedged;       /* a second endpoint was asked because the first one was slow */
    bool has_hedge_won;   /* and its answer was used */
};

/* Returns the report of ${call}, which has ended or was cancelled. Its texts live as long as
 * ${pool}, and not longer than the configuration. */
struct attempts_report attempts_report_make(const struct call *call, struct pool *pool);

#endif
