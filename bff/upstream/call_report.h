/*
 * The outcome of one attempt of a call. Every attempt makes exactly one report, even when it was
 * cancelled. A report is valid during the callback that gets it.
 */
#ifndef BFF_UPSTREAM_CALL_REPORT_H
#define BFF_UPSTREAM_CALL_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/upstream/endpoint.h"
#include "bff/upstream/service.h"

struct call_ask;

struct call_report {
    const struct call_ask *ask; /* what was asked, and for whom */
    const struct bff_service *service;
    const struct endpoint *endpoint; /* its text for logs is endpoint->label */
    struct text traceparent;         /* that the service got; absent: none was sent */
    unsigned number;                 /* of the attempt within its call, from 0 */
    enum reason reason; /* REASON_NONE: the answer is complete, or the attempt was cancelled. A
                           cancelled attempt has REASON_TIMEOUT when the service was too slow */
    int status;         /* 0: no head came */
    bool is_cancelled;  /* the call's user ended it, or another attempt won */
    bool is_hedge;      /* it was made because the first attempt was slow */
    bool is_reused;     /* the connection had carried an exchange before */
    bool is_unsent;     /* no byte of the request has left this server */
    bool is_clean;      /* no byte of an answer came */

    /* Of clock_now_ns; 0: that point was not reached. connected_ns equals started_ns on a
     * connection that was idle. */
    int64_t started_ns, connected_ns, first_byte_ns, ended_ns;

    uint64_t received; /* bytes of the answer, heads and framing included */
};

#endif
