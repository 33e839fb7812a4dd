/*
 * A try is one attempt of a call, with the endpoint that was chosen for it and its time limit. A
 * call has one try at a time, or two when it is hedged. This header is for the files of call only.
 */
#ifndef BFF_UPSTREAM_CALL_TRY_H
#define BFF_UPSTREAM_CALL_TRY_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/upstream/attempt.h"
#include "bff/upstream/balance.h"
#include "bff/upstream/call_report.h"

struct call;
struct call_ask;
struct call_try;

/* The callbacks are those of struct attempt_user. */
struct call_try_user {
    void (*opened)(struct call_try *try);
    int (*head)(struct call_try *try, const struct exchange_head *head, enum reason *why);
    void (*received)(struct call_try *try);
    void (*written)(struct call_try *try);
    void (*moved)(struct call_try *try);
    void (*ended)(struct call_try *try);
};

#define CALL_TRY_UPLOAD_BYTES ((size_t)64 * 1024) /* a body that is longer is an upload */

/* Whether a service takes a long body. */
struct call_try_upload {
    bool is_watched;
    uint64_t acked;    /* bytes that the service had taken at the last look */
    int64_t looked_ns; /* when the last look was */
    int64_t moved_ns;  /* when a look last saw progress */
};

struct call_try {
    struct call *call;
    const struct call_try_user *user;
    struct endpoint *endpoint;
    bool is_counted; /* the next attempt is counted in the endpoint's state already */
    bool is_trial;   /* it is the trial of its endpoint (endpoint_state.h) */
    bool is_hedge;
    unsigned number;  /* within its call, from 0 */
    int64_t until_ns; /* the next thing must have come by then: the connection, the first byte, or
                         more of the body; INT64_MAX: no limit */
    int64_t retry_ns; /* when the first byte has not come by then, another endpoint is asked, if
                         that is possible (call_retry.h); INT64_MAX: no such limit */
    struct call_try_upload upload;
    struct attempt attempt;
};

/* True when the body of the request is an upload: it may take long, and is not sent twice. */
bool call_try_is_long(const struct call_ask *ask);

/* Begins an attempt at ${try->endpoint}; on a new connection if ${is_fresh}. */
void call_try_begin(struct call_try *try, bool is_fresh, int64_t now_ns);

/* More of the answer must come. The silence before it is limited to ${idle_ms}; 0: no limit. */
void call_try_expect_more(struct call_try *try, uint32_t idle_ms);

/* Returns the time of the next limit of ${try}; INT64_MAX: there is none, or the attempt is over.
 */
int64_t call_try_limit_ns(const struct call_try *try);

/*
 * A limit has been reached at ${now_ns}. Returns true when it is too early to give up, because the
 * service is still taking a long body. Then ${try->until_ns} is set again, and ${*moved_ns} is the
 * time in which the service took bytes. This time does not count for the limits.
 */
bool call_try_is_uploading(struct call_try *try, int64_t now_ns, int64_t *moved_ns);

/* Ends the attempt without a callback. ${reason} is as for attempt_stop. */
void call_try_stop(struct call_try *try, enum reason reason);

/* ${try} has ended, and the next attempt is made at the same endpoint. Its place there is kept, so
 * that no other attempt takes it in between. To be called before call_try_report. */
void call_try_keep_place(struct call_try *try);

/* Makes the report of an attempt that has ended, and records what it says about the endpoint. To be
 * called once for each attempt. */
void call_try_report(const struct call_try *try, bool is_cancelled, struct call_report *report);

/* Returns what an attempt with this end says about the service. A time-out, a failed connection, a
 * reset and invalid HTTP are failures. A status of 5xx is one, too, except 501, which a service
 * sends on purpose. A body that the user could not use is no failure. */
enum endpoint_outcome call_try_outcome(enum reason reason, int status);

static inline bool call_try_is_under_way(const struct call_try *try)
{
    return attempt_is_under_way(&try->attempt);
}

#endif
