/*
 * The outcome of one part of a composite's answer, as plain data. bff/compose makes one for each
 * part when the request is over, and stores them in request->parts.
 */
#ifndef BFF_OBSERVE_PART_REPORT_H
#define BFF_OBSERVE_PART_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"

struct part_report {
    struct text name;
    enum reason reason; /* why the part failed, or its first item that failed; else NONE */
    bool is_cancelled;  /* the run ended before the part had settled */
    bool is_list;       /* one item for each call */
    int64_t took_ns;    /* 0: it was never started */
    size_t calls; /* that were made for this list part; a shared call counts only for the part that
                     made it */

    /* About one call of the part. For a list it is the call of the first item that failed, or of
     * the first item when none failed. */
    bool has_call;        /* false: no call was made, and the rest is empty */
    struct text service;  /* "users" */
    struct text endpoint; /* "127.0.0.1:3000"; absent: none was chosen */
    unsigned retries;     /* attempts after the first one; a hedge does not count */
    struct text retried;  /* why there was a retry: "127.0.0.1:3000 status 503"; absent: no retry */
    bool is_hedged;       /* a second endpoint was asked because the first one was slow */
    bool has_hedge_won;   /* and its answer was used */
    int status;           /* of the service's answer; 0: no answer came */
};

#endif
