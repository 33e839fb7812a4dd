/*
 * One JSON answer from one service: a call (call.h) whose body is gathered into a value and scanned
 * as it arrives. Composites get their data by fetches.
 *
 * A body with a content coding that this server knows (coding.h) is decoded while it arrives. The
 * body limit is for the decoded bytes, too. A body that grows too much is REASON_TOO_LARGE. A
 * broken one, an unknown coding and several codings are REASON_BAD_HTTP.
 *
 * ${done} is called exactly once, never from inside fetch_start, and not after fetch_release.
 */
#ifndef BFF_UPSTREAM_FETCH_H
#define BFF_UPSTREAM_FETCH_H

#include <stddef.h>

#include "bff/json/json_scan.h"
#include "bff/json/value.h"
#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/coding/coding_decode.h"
#include "bff/upstream/call.h"
#include "bff/upstream/service.h"

struct upstream; /* a worker's connections to all services */
struct fetch;

typedef void (*fetch_done)(struct fetch *fetch, void *cookie);

/* What to ask. The texts are borrowed until the fetch is released. */
struct fetch_ask {
    const struct bff_service *service;
    struct text key;         /* as in call_ask */
    struct text target;      /* path and query, encoded: "/users/42" */
    struct text headers;     /* whole lines, each with its CRLF, without Host: "accept: ...\r\n" */
    struct text caller;      /* more lines, which say who asks (caller_put); absent: none */
    struct text caller_key;  /* distinguishes callers for the cache (caller_distinct); absent: no
                                answer depends on the caller */
    struct text method;      /* absent: GET. Only GET is sent again after a failure */
    struct text body;        /* its framing is in ${headers}; absent: none */
    bool at_most_once;       /* as in call_ask */
    struct text traceparent; /* as in call_ask */
    int64_t until_ns;        /* as in call_ask */
    const struct call_hedge_plan *hedge; /* as in call_ask */
    struct breaker *breaker;             /* as in call_ask */
    size_t body_limit;                   /* bytes */
    unsigned depth_limit;
    bool takes_failures; /* an answer with another status than 2xx is not REASON_STATUS: its body
                            is gathered, too */
    bool takes_any;      /* the body may be anything, and is not scanned */
    bool keep_slices;    /* the value will be read, and not only copied into the page */

    /* Called with the head of the answer, whatever its status is, before ${done}. The head is valid
     * during the call. NULL: nothing is called. */
    void (*head)(void *cookie, const struct exchange_head *head);
    void *head_cookie;
};

/* How a fetch has ended. */
struct fetch_outcome {
    enum reason reason;
    int status;
    unsigned retry_after_s;
    struct value *value;
};

/* A fetch. Its user provides the memory, which need not be cleared before fetch_start. */
struct fetch {
    /* The outcome, valid once done is called. */
    enum reason reason;     /* REASON_NONE: 2xx and valid JSON, or empty */
    int status;             /* the service's, 0 when its status line was not read */
    unsigned retry_after_s; /* as in struct call */
    bool has_left;          /* as in struct call; it is valid after fetch_release, too */
    struct value *value; /* with REASON_NONE: the body; NULL: it is empty, whatever the status is */

    /* fetch.c's own */
    const struct fetch_ask *ask;
    fetch_done done;
    void *cookie;
    struct json_scan scan;
    size_t length;                /* the body's length if the head has it, else 0 */
    struct coding_decode *decode; /* NULL: the body has no content coding */
    struct call_ask call_ask;
    struct call call;
};

/* Sends the request. ${fetch}, ${ask} and the texts in ${ask} must not move or end before
 * fetch_release. */
void fetch_start(struct fetch *fetch, struct upstream *upstream, const struct fetch_ask *ask,
                 fetch_done done, void *cookie);

/*
 * Makes ${fetch} a fetch for ${ask} that has ended with ${outcome}, without a call: the answer is
 * known. It gets a reference to the value. ${fetch} need not be cleared, and ${ask} is borrowed as
 * in fetch_start. There is no ${done}.
 */
void fetch_settle(struct fetch *fetch, const struct fetch_ask *ask,
                  const struct fetch_outcome *outcome);

/* Ends the fetch without calling ${done}, and releases its value. It may be called before and after
 * ${done}. Does nothing when ${fetch} was released before or is all zero. */
void fetch_release(struct fetch *fetch);

/* As fetch_release, because the user's time for the answer is over: the service was too slow
 * (CALL_TIME_OVER). */
void fetch_time_over(struct fetch *fetch);

#endif
