/*
 * A call gets one answer from one service. It makes one attempt (attempt.h) or several. The balance
 * chooses the endpoints. The answer goes to a sink, piece by piece.
 *
 * A call passes these parts on its way from the user to an endpoint:
 *
 *   the deadline   a call with less than min_time_ms left is not sent: REASON_TIMEOUT
 *   the breaker    refuses calls while too many fail: REASON_BREAKER_OPEN (breaker.h)
 *   the bulkhead   limits the calls at the same time: REASON_LIMITED (bulkhead.h)
 *   the balance    chooses an endpoint that is well (balance.h, ejection.h, health.h)
 *   retries        ask another endpoint after a failure (call_retry.h)
 *   a hedge        asks another endpoint when the first one is slow (call_hedge.h)
 *
 * When no slot of the bulkhead is free, an open breaker refuses the call before it waits. After the
 * wait, the deadline and the breaker decide about the call.
 *
 * Time limits (service_settings): connect_ms limits the dialling, and first_byte_ms the time from
 * then to the first byte of the answer. total_ms limits all attempts together, and the time in the
 * queue of the bulkhead. When call_ask.idle_ms is set, total_ms is for everything until the head of
 * the answer, and then only the silence within the answer is limited. A limit that is reached ends
 * the attempt with REASON_TIMEOUT.
 */
#ifndef BFF_UPSTREAM_CALL_H
#define BFF_UPSTREAM_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/loop/timer.h"
#include "bff/upstream/breaker.h"
#include "bff/upstream/call_queue.h"
#include "bff/upstream/call_try.h"
#include "bff/upstream/exchange.h"
#include "bff/upstream/service.h"
#include "bff/upstream/upstream.h"

struct latency;

/* When a call is hedged: it asks a second endpoint when the head of its answer has not come by this
 * time. Constant while calls use it. */
struct call_hedge_plan {
    uint32_t after_ms;       /* so long after the first attempt began; 0: the 95th percentile of
                                ${learned} */
    struct latency *learned; /* the times of earlier calls until the head (latency.h), to which the
                                call adds its own; NULL: ${after_ms} is not 0 */
};

/* Why the user ends a call. */
enum call_cancel {
    CALL_NOT_NEEDED, /* the client has left, or another answer made this one useless */
    CALL_TIME_OVER,  /* the user's own time is over: the service was too slow */
};

/* The request and its limits, borrowed until the call ends. A limit of 0 means: the service's own
 * value. */
struct call_ask {
    const struct bff_service *service;
    struct endpoint *only; /* an endpoint of the service, for a health check: it is asked once, even
                              when it is not well; NULL: the balance chooses one */
    struct text key;       /* for the balance (balance_pick); absent: no key */
    struct text method;
    struct text target;      /* origin-form, encoded */
    struct text host;        /* for Host; absent: the endpoint's */
    struct text headers;     /* whole lines with CRLF, without Host */
    struct text caller;      /* more lines, which say who asks; absent: none */
    struct text traceparent; /* the parent of the call (W3C Trace Context); absent: none is sent */
    struct text body;        /* its framing is in ${headers} */
    struct upload *upload;   /* in place of ${body}: it is sent piece by piece (upload.h). The call
                                is not hedged, and not repeated once a byte of it may have left. Its
                                time does not count for the limits. NULL: none */
    int64_t until_ns;   /* the deadline: the user ends the call at this time at the latest, so later
                           limits need no timer; 0: there is none */
    int64_t head_by_ns; /* the head of the answer must have come by this time, because a trusted
                           client has stated a deadline; 0: only the other limits apply */
    bool may_repeat;    /* idempotent (RFC 9110 9.2.2) */
    bool at_most_once;  /* it changes data: once a byte of it may have left, it is not sent again,
                           whatever the settings say */
    bool is_body_gone;  /* the request was sent, and ${body} is not valid any more. The user may set
                           it during the call */
    struct breaker *breaker; /* has the numbers of the service's breaker; NULL: that breaker */
    const struct call_hedge_plan *hedge; /* NULL: the call is not hedged, because it may change data
                                            or nobody asked for it */
    bool wants_upgrade;                  /* 101 is an answer */
    uint32_t first_byte_ms;              /* 0: the service's */
    uint32_t idle_ms; /* the longest silence within the answer, which then has no total limit; 0:
                         the service's total applies */
};

/*
 * When the things of a call happened, of clock_now_ns; 0: that point was not reached.
 *
 *   asked_ns       the call began; it may wait then, or be refused
 *   started_ns, connected_ns, first_byte_ns, ended_ns  those of struct attempt, of the attempt
 * whose answer was used, or else of the one that ended last received       bytes of that attempt's
 * answer, heads and framing included is_reused      that attempt had a connection that was idle
 */
struct call_times {
    int64_t asked_ns, started_ns, connected_ns, first_byte_ns, ended_ns;
    uint64_t received;
    bool is_reused;
};

#define CALL_RETRIED_BYTES 104

/* A call. Its user provides the memory. ${is_running} must be false before call_start; the other
 * members may have any value. */
struct call {
    const struct call_ask *ask;
    const struct exchange_sink *sink;
    void *cookie;
    unsigned retries;                 /* attempts after the first one; a hedge does not count */
    char retried[CALL_RETRIED_BYTES]; /* why the first retry was made: the endpoint that failed, and
                                         how, as in "127.0.0.1:3000 status 503"; a longer text is
                                         cut; empty: there was no retry */
    bool has_left;  /* after the end: a byte of the request may have left for an endpoint, so the
                       service may have acted on it */
    bool is_hedged; /* a second endpoint was asked because the first one was slow */
    bool has_hedge_won; /* and the answer is that of the second one */
    struct call_times times;

    /* With REASON_BREAKER_OPEN and REASON_LIMITED: in how many seconds a call may succeed. */
    unsigned retry_after_s;

    struct upstream *upstream;
    struct upstream_service *service;
    struct text endpoint; /* the label (endpoint.h) of the endpoint whose answer the user gets, or
                             else of the one that was asked last. It is valid after the end, too.
                             Its text may be in this struct. Absent: none was asked */

    /* The files of call only. */
    void (*written)(void *cookie);
    struct timer timer;
    int64_t began_ns;  /* when the call began; from its first attempt on, when that attempt began */
    int64_t total_ns;  /* when the call must be over; INT64_MAX: no limit */
    enum reason early; /* why no attempt is made; the loop will report it; else REASON_NONE */
    bool is_running;
    bool has_head;           /* the sink has the head of the answer */
    struct call_queue queue; /* of its bulkhead */
    struct breaker *breaker; /* the end of the call must be reported to it; NULL: there is none, or
                                the end has been reported */
    enum breaker_pass pass;
    uint64_t asked; /* the places of the endpoints that were asked (balance.h) */
    struct {
        struct endpoint *endpoint;          /* NULL: none can be asked */
        bool is_counted, is_trial, is_full; /* as in balance_choice */
    } next;                                 /* what call_choose has chosen */
    int64_t retry_ns;        /* the next attempt waits until then; INT64_MAX: none waits */
    int64_t hedge_ns;        /* a hedge is due then; INT64_MAX: none */
    bool is_retry_paid;      /* the retry after the attempt under way was taken from the budget */
    struct call_try *try;    /* whose answer the user gets, or may get */
    struct call_try *second; /* the hedge; NULL: none was made */
    struct call_try own;
    char address[RESOLVE_TEXT_BYTES]; /* the label of an endpoint that may end before the user reads
                                         it */
};

/* Starts the call. The callbacks of ${sink} get ${cookie}. The sink's end is called once, never
 * from inside this function. */
void call_start(struct call *call, struct upstream *upstream, const struct call_ask *ask,
                const struct exchange_sink *sink, void *cookie);

/* Stops delivering to the sink. While the call is paused, idle_ms does not apply. */
void call_pause(struct call *call);

/* Resumes the delivery. */
void call_resume(struct call *call);

/* After an answer 101: sends ${bytes}, which are borrowed until ${written} is called with the
 * call's cookie. There can be only one write at a time. */
void call_write(struct call *call, struct text bytes, void (*written)(void *cookie));

/* Returns the label ${call->endpoint} for use after the call's memory is gone, but not after the
 * configuration: it is copied to ${pool} if it is in the call. */
struct text call_endpoint(const struct call *call, struct pool *pool);

/* True until the call has ended. */
static inline bool call_is_running(const struct call *call) { return call->is_running; }

/* True when all of the request has been written, so that nothing of it is borrowed any more. */
bool call_is_sent(const struct call *call);

/* Ends the call without a callback. Idempotent. It does nothing for a call that was never started
 * (all zero). */
void call_cancel(struct call *call, enum call_cancel why);

/* The rest is for the files of call. */

/* True when there is an endpoint that the call has not asked and may ask. */
bool call_has_other(const struct call *call, int64_t now_ns);

/* Chooses an endpoint that the call has not asked, and stores it in ${call->next}. When the result
 * is true, call_begin must follow, because the endpoint may have counted the attempt already. */
bool call_choose(struct call *call, int64_t now_ns);

/* The user gets the answer of ${try}, whose attempt is under way. */
void call_show(struct call *call, struct call_try *try);

/* Begins an attempt at ${call->next}. No attempt of ${try} may be under way. */
void call_begin(struct call *call, struct call_try *try, int64_t now_ns);

/* Makes ${try} ready for its first attempt. */
void call_init_try(struct call *call, struct call_try *try);

/* For call_queue.c: begins the first attempt at ${now_ns}, or ends the call soon. Returns false
 * when it must wait instead, because all endpoints are full. */
bool call_go(struct call *call, int64_t now_ns);

#endif
