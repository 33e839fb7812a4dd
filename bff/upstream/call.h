/*
 * One answer from one service: chooses an endpoint, takes a connection or dials one, runs the
 * exchange, repeats it once on a fresh connection when a reused one died before any byte, and
 * keeps the time. What it receives goes to a sink, piece by piece.
 *
 * Times (service_settings): connect from dialling to connected, first_byte from there to the first
 * byte of the response, total for all of it; or idle, for answers that may last. Each ends the call
 * with REASON_TIMEOUT.
 */
#ifndef BFF_UPSTREAM_CALL_H
#define BFF_UPSTREAM_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/loop/timer.h"
#include "bff/upstream/connection.h"
#include "bff/upstream/exchange.h"
#include "bff/upstream/service.h"
#include "bff/upstream/upstream.h"

#define CALL_PIECES 10

/* "traceparent: 00-<trace id>-<span id>-<flags>\r\n", and the empty line behind all fields */
#define CALL_TRACE_BYTES (13 + 55 + 2 + 2)

#define CALL_METHOD_BYTES 16 /* longer ones take a piece more */

/* What to ask; borrowed until the call ends. All zero where the service's own is meant. */
struct call_ask {
    const struct bff_service *service;
    struct endpoint *only; /* of that service; NULL: the balance decides */
    struct text method;
    struct text target;  /* origin-form, encoded */
    struct text host;    /* for Host; absent: the endpoint's */
    struct text headers; /* whole lines with CRLF, without Host */
    struct text
        traceparent;    /* whose child this call is (W3C Trace Context); absent: none is sent */
    struct text body;   /* its framing is in ${headers} */
    int64_t until_ns;   /* its user ends it by then: no later limit is watched; 0: it does not */
    bool may_repeat;    /* idempotent (RFC 9110 9.2.2): a retry is allowed */
    bool wants_upgrade; /* 101 is an answer */
    uint32_t first_byte_ms; /* 0: the service's */
    uint32_t idle_ms; /* the longest silence within the answer, in place of a limit for all of it;
                         0: the service's total holds */
};

/* Lies in its user's memory; all zero before call_start. */
struct call {
    const struct call_ask *ask;
    const struct exchange_sink *sink;
    void *cookie;
    unsigned retries;
    struct upstream *upstream;
    struct upstream_service *service;
    struct endpoint *endpoint;     /* the one asked last */
    struct connection *connection; /* NULL when there is none */
    struct connection_request request;
    h2o_iovec_t pieces[CALL_PIECES];
    char method[CALL_METHOD_BYTES]; /* and the space behind it */
    char trace[CALL_TRACE_BYTES];   /* a span of its own for each call */
    h2o_iovec_t more;               /* what call_write sends */
    void (*written)(void *cookie);
    struct timer timer;
    int64_t total_ns; /* when the whole must be over; INT64_MAX: no limit */
    bool is_reused;   /* the connection has carried an exchange before */
    bool is_running;
};

/* Starts. ${sink}'s callbacks get ${cookie}; its end is called once, never from here. */
void call_start(struct call *call, struct upstream *upstream, const struct call_ask *ask,
                const struct exchange_sink *sink, void *cookie);

/* Stops and goes on delivering to the sink; while stopped no silence is counted. */
void call_pause(struct call *call);
void call_resume(struct call *call);

/* After 101: sends ${bytes}, borrowed until ${written} is told (with the call's cookie). One at a
 * time. */
void call_write(struct call *call, struct text bytes, void (*written)(void *cookie));

/* True when all of the request has been written: what it borrows is not needed any more. */
bool call_is_sent(const struct call *call);

/* Ends it silently. Idempotent; for a call never started (all zero): nothing. */
void call_cancel(struct call *call);

#endif
