/*
 * A policy decides what a call does when an attempt succeeds or fails. Each service has a policy
 * (upstream_service.policy), which consists of a few functions. The comment of each function says
 * what NULL means. The functions are called from the call's own callbacks and must not start, pause
 * or cancel the call.
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
    /* May the call ask ${endpoint}? NULL: yes. When the policy allows no endpoint, the call ends
     * with REASON_BREAKER_OPEN and does not connect. Not called when call_ask.only names the
     * endpoint. */
    bool (*may_ask)(const struct call *call, const struct endpoint *endpoint);

    /* May the call's user see this head? NULL: yes. When the function returns false, the attempt
     * ends with REASON_STATUS, and the user sees nothing of this response. It may return false only
     * when call_has_other is true. */
    bool (*accepts)(const struct call *call, const struct exchange_head *head);

    /* What follows an attempt that has ended and was not cancelled? NULL: CALL_END. Not called when
     * the time for the whole call is over. */
    enum call_next (*ended)(const struct call *call, const struct call_report *report);

    /* An attempt has ended, for any reason, also when it was cancelled. Called before ended. NULL:
     * nothing is called. */
    void (*report)(const struct call *call, const struct call_report *report);
};

/*
 * The default policy. It allows every endpoint and accepts every head. It retries in two cases:
 *
 * - When an attempt ends before any byte of the request has left this server, for example because
 *   connecting failed. This is safe for every method. Another endpoint is asked, each one once.
 * - When a reused connection ends before the first byte of an answer, and nothing was sent or the
 *   request may be repeated. The same endpoint is asked once more, on a fresh connection. The
 * reason is that a service may close an idle connection just as we use it (RFC 9112 section 9.3.1).
 */
extern const struct call_policy call_policy_default;

#endif
