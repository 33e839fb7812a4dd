/*
 * One answer from one service: one attempt (attempt.h) or several. The balance chooses the
 * endpoint, the service's policy (call_policy.h) decides whether the answer is good enough and what
 * follows a failure, and the call applies the time limits. The answer goes to a sink, piece by
 * piece.
 *
 * Times (service_settings): connect from dialling to connected, first_byte from there to the first
 * byte of the response, total for all attempts together. For an answer without a limit of its whole
 * time, idle_ms takes the place of total. Each limit ends the attempt with REASON_TIMEOUT.
 */
#ifndef BFF_UPSTREAM_CALL_H
#define BFF_UPSTREAM_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/loop/timer.h"
#include "bff/upstream/attempt.h"
#include "bff/upstream/exchange.h"
#include "bff/upstream/service.h"
#include "bff/upstream/upstream.h"

#define CALL_ENDPOINTS_MAX 8 /* that one call asks */

/* What to ask; borrowed until the call ends. Zero means: the service's own value. */
struct call_ask {
    const struct bff_service *service;
    struct endpoint *only; /* of that service; NULL: the balance decides */
    struct text key;       /* for the balance: what the request belongs to; absent: nothing */
    struct text method;
    struct text target;      /* origin-form, encoded */
    struct text host;        /* for Host; absent: the endpoint's */
    struct text headers;     /* whole lines with CRLF, without Host */
    struct text traceparent; /* the parent of the call (W3C Trace Context); absent: none is sent */
    struct text body;        /* its framing is in ${headers} */
    int64_t until_ns;   /* the user ends the call by then, so that no later limit needs a timer; 0:
                           the   user does not */
    bool may_repeat;    /* idempotent (RFC 9110 9.2.2): a retry is allowed */
    bool wants_upgrade; /* 101 is an answer */
    uint32_t first_byte_ms; /* 0: the service's */
    uint32_t idle_ms;       /* the longest silence within the answer, which then has no total limit;
                               0: the service's total holds */
};

/* Lies in its user's memory. ${is_running} must be false before call_start; nothing else matters.
 */
struct call {
    const struct call_ask *ask;
    const struct exchange_sink *sink;
    void *cookie;
    unsigned retries; /* attempts after the first one */
    struct upstream *upstream;
    struct upstream_service *service;
    struct endpoint *endpoint; /* the one asked last; NULL: none was */

    /* call.c's own */
    const struct call_policy *policy;
    void (*written)(void *cookie);
    struct timer timer;
    int64_t total_ns;  /* when the whole must be over; INT64_MAX: no limit */
    enum reason early; /* why there is no attempt, reported as soon as possible; else REASON_NONE */
    bool is_running;
    unsigned left_out_count;
    const struct endpoint *left_out[CALL_ENDPOINTS_MAX]; /* asked before, not to be asked again */
    struct attempt attempt;
};

/* Starts. ${sink}'s callbacks get ${cookie}; its end is called once, never from here. */
void call_start(struct call *call, struct upstream *upstream, const struct call_ask *ask,
                const struct exchange_sink *sink, void *cookie);

/* Stops delivering to the sink. While the call is paused, no silence is measured. */
void call_pause(struct call *call);

/* Resumes the delivery. */
void call_resume(struct call *call);

/* After 101: sends ${bytes}, borrowed until ${written} is called (with the call's cookie). One
 * write at a time. */
void call_write(struct call *call, struct text bytes, void (*written)(void *cookie));

/* True until the call has ended. */
static inline bool call_is_running(const struct call *call) { return call->is_running; }

/* True when all of the request has been written, so that nothing of it is borrowed any more. */
bool call_is_sent(const struct call *call);

/* Ends the call without a callback. Idempotent. It does nothing for a call that was never started
 * (all zero). */
void call_cancel(struct call *call);

/* For policies: true when there is an endpoint that the call has not asked and may ask. */
bool call_has_other(const struct call *call);

#endif
