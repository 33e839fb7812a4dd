/*
 * Decides what follows an attempt that has failed. This header is for the files of call only.
 *
 * - When an attempt ends before any byte of the request has left this server, for example because
 *   connecting failed, another endpoint is asked, each one once. This is safe for every method.
 * - When a reused connection ends before the first byte of an answer, and nothing was sent or the
 *   request may be repeated, the same endpoint is asked once more, on a fresh connection. The
 *   reason is that a service may close an idle connection just as we use it (RFC 9112 section
 *   9.3.1).
 */
#ifndef BFF_UPSTREAM_CALL_RETRY_H
#define BFF_UPSTREAM_CALL_RETRY_H

#include <stdbool.h>

#include "bff/upstream/call_report.h"
#include "bff/upstream/exchange.h"

struct call;

enum call_next {
    CALL_END,   /* the call ends with the attempt's reason */
    CALL_AGAIN, /* another attempt at the same endpoint, on a fresh connection */
    CALL_OTHER, /* another attempt, at an endpoint that the call has not asked */
};

/* May the call's user see this head? When the answer is false, the attempt ends with REASON_STATUS,
 * and the user sees nothing of this response. */
bool call_retry_accepts(struct call *call, const struct exchange_head *head);

/* What follows an attempt that has ended and was not cancelled? Not called when the time for the
 * whole call is over. */
enum call_next call_retry_next(struct call *call, const struct call_report *report);

#endif
