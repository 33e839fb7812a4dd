/*
 * Decides what a call does when an attempt succeeds or fails. A policy is a few functions, and a
 * service has one (upstream_service.policy). The comment of each function says what NULL means.
 * They are called from the call's own callbacks and must not start, pause or cancel the call.
 */
#ifndef BFF_UPSTREAM_CALL_POLICY_H
#define BFF_UPSTREAM_CALL_POLICY_H

#include <stdbool.h>

#include "bff/upstream/call.h"
#include "bff/upstream/call_report.h"

enum call_next {
    CALL_END,   /* the call ends with the attempt's reason */
    CALL_AGAIN, /* another attempt at the same endpoint, on a fresh connection */
    CALL_OTHER, /* another attempt, at an endpoint that the call has not asked; when there is none,
                   the call ends with the attempt's reason */
};

struct call_policy {
    /* May the call ask ${endpoint}? NULL: yes. When the call may ask no endpoint, it ends with
     * REASON_BREAKER_OPEN without a connection. Not called for call_ask.only. */
    bool (*may_ask)(const struct call *call, const struct endpoint *endpoint);

    /* May the call's user see this head? NULL: yes. When not, the attempt ends with REASON_STATUS,
     * and the user sees nothing of it. It may return false only when call_has_other is true. */
    bool (*accepts)(const struct call *call, const struct exchange_head *head);

    /* What follows an attempt that has ended and was not cancelled? NULL: CALL_END. Not called when
     * the time for the whole call is over. */
    enum call_next (*ended)(const struct call *call, const struct call_report *report);

    /* An attempt has ended, for any reason. It is called before ended. NULL: nothing is called. */
    void (*report)(const struct call *call, const struct call_report *report);
};

/*
 * Every endpoint may be asked, and every head is accepted. There are two retries:
 *
 * - An attempt that ends before any byte of the request has left this server is safe to repeat with
 *   every method. When connecting failed, another endpoint is asked, each one once.
 * - A service may close an idle connection just as we use it (RFC 9112 section 9.3.1). When a
 * reused connection ends before the first byte of an answer, the same endpoint is asked once more,
 * on a fresh connection, if nothing was sent or the request may be repeated.
 */
extern const struct call_policy call_policy_default;

#endif
