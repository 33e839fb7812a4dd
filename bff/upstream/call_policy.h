/*
 * What a call does when an attempt goes well or badly: a few functions, kept by a service
 * (upstream_service.policy). A function that is NULL says what is written at it. They are called
 * from the call's own callbacks and must not start, pause or cancel the call.
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
    /* May the call ask ${endpoint}? NULL: yes. When it may ask none, it ends with
     * REASON_BREAKER_OPEN without a connection. Not asked for call_ask.only. */
    bool (*may_ask)(const struct call *call, const struct endpoint *endpoint);

    /* May the call's user see this head? NULL: yes. When not, the attempt ends with REASON_STATUS,
     * and the user sees nothing of it. Say no only where call_has_other is true. */
    bool (*accepts)(const struct call *call, const struct exchange_head *head);

    /* An attempt has ended, and was not cancelled: what now? NULL: CALL_END. Not asked once the
     * time for the whole call is over. */
    enum call_next (*ended)(const struct call *call, const struct call_report *report);

    /* An attempt has ended, in whatever way: told before ended is asked. NULL: nobody is told. */
    void (*report)(const struct call *call, const struct call_report *report);
};

/*
 * Every endpoint may be asked, every head is accepted, and there is one retry: a service may close
 * an idle connection just as we use it (RFC 9112 section 9.3.1). When a reused connection ends
 * before the first byte of an answer, and the request may be repeated, it is repeated once, on a
 * fresh connection.
 */
extern const struct call_policy call_policy_default;

#endif
