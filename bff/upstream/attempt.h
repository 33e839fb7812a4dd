/*
 * An attempt is one exchange on one connection. It takes an idle connection or dials a new one,
 * sends the request, and records the outcome and the times. It gives the head of the answer to its
 * user first. When the user accepts the head, the body goes directly to the sink.
 *
 * An attempt has no time limit and does not retry: call.c sets the limits and makes the retries.
 */
#ifndef BFF_UPSTREAM_ATTEMPT_H
#define BFF_UPSTREAM_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/random.h"
#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/base/traceparent.h"
#include "bff/upstream/connection.h"
#include "bff/upstream/endpoint.h"
#include "bff/upstream/exchange.h"
#include "bff/upstream/upload.h"

#define ATTEMPT_PIECES 10

/* "traceparent: ...\r\n" */
#define ATTEMPT_TRACE_BYTES (13 + TRACEPARENT_LEN + 2)

/* The same, "x-request-deadline-ms: ...\r\n", and the empty line after all fields */
#define ATTEMPT_TAIL_BYTES (ATTEMPT_TRACE_BYTES + 23 + TEXT_DIGITS + 2 + 2)

#define ATTEMPT_METHOD_BYTES 16 /* a longer method is a piece of its own */

/*
 * The callbacks of an attempt's user. Only head may be called while the user is inside a function
 * of this file:
 *
 *   opened    the connection was dialled, and the request is on its way; not called for an idle
 *             connection
 *   head      the head of the answer has come. Returns 0 to accept it, or -1 to refuse it, with the
 *             reason stored in ${*why}: the attempt ends with that reason, and the sink sees
 *             nothing
 *   received  some bytes of the answer have come, and more must follow
 *   written   all bytes of the last attempt_write have been written
 *   moved     more of the upload was written, or its source is slow; may be called while the user
 *             is inside upload_go_on
 *   ended     the attempt is over; its outcome is in struct attempt
 */
struct attempt_user {
    void (*opened)(void *cookie);
    int (*head)(void *cookie, const struct exchange_head *head, enum reason *why);
    void (*received)(void *cookie);
    void (*written)(void *cookie);
    void (*moved)(void *cookie);
    void (*ended)(void *cookie);
};

/* The request. The texts are borrowed until the attempt ends. An absent text is left out. */
struct attempt_ask {
    struct endpoint *endpoint;
    bool is_fresh; /* on a new connection, even if there is an idle one */
    bool wants_upgrade;
    struct text method;
    struct text target;      /* origin-form, encoded */
    struct text host;        /* for Host; absent: the endpoint's */
    struct text headers;     /* whole lines with CRLF, without Host */
    struct text caller;      /* more lines, which follow them; absent: none */
    struct text traceparent; /* the attempt gets a span of its own, a child of this one */
    struct text body;        /* its framing is in ${headers} */
    struct upload *upload;   /* in place of ${body}, which is absent then; NULL: none */
    int64_t deadline_ns; /* the request says how much time is left until this time of clock_now_ns,
                            in X-Request-Deadline-Ms; INT64_MAX: it does not say */
    struct random *random; /* for the span's id */

    /* Gets what follows an accepted head. Its end is never called. */
    const struct exchange_sink *sink;

    void *sink_cookie;
    int64_t now_ns;
};

/* An attempt. Its user provides the memory. */
struct attempt {
    struct endpoint *endpoint;

    /* The outcome. Times are from clock_now_ns; 0: the attempt did not get that far. */
    enum reason reason; /* REASON_NONE: complete */
    int status;         /* 0: no head has come */
    bool is_reused;     /* on a connection that had carried an exchange before */
    bool is_unsent;     /* it ended, and no byte of the request had left this server */
    bool is_clean;      /* it ended, and no byte of an answer had come */
    bool was_paused;    /* its user was slower than the service at least once */
    int64_t started_ns;
    int64_t connected_ns; /* equals started_ns when the connection was idle */
    int64_t first_byte_ns;
    int64_t ended_ns;
    uint64_t received; /* bytes of the answer, heads and framing included */

    /* attempt.c's own */
    const struct attempt_user *user;
    void *cookie;
    const struct exchange_sink *sink;
    void *sink_cookie;
    struct connection *connection; /* NULL: the attempt is over */
    struct connection_request request;
    struct upload *upload; /* NULL: the request has none */
    h2o_iovec_t more;      /* what attempt_write sends */
    h2o_iovec_t pieces[ATTEMPT_PIECES];
    char method[ATTEMPT_METHOD_BYTES]; /* and the space after it */
    int64_t deadline_ns;
    h2o_iovec_t *tail_piece; /* of ${pieces}: the end of the head */
    size_t trace_len; /* bytes of the traceparent field in ${tail}; the deadline follows it */
    char tail[ATTEMPT_TAIL_BYTES];
};

/* Begins the attempt. The callbacks of ${user} get ${cookie}. */
void attempt_begin(struct attempt *attempt, const struct attempt_ask *ask,
                   const struct attempt_user *user, void *cookie);

/* Stops delivering the answer. Does nothing when the attempt is over. */
void attempt_pause(struct attempt *attempt);

/* Resumes the delivery. Does nothing when the attempt is over. */
void attempt_resume(struct attempt *attempt);
static inline bool attempt_is_paused(const struct attempt *attempt)
{
    return attempt->connection != NULL && attempt->connection->is_paused;
}

/* After an answer 101: sends ${bytes}, which are borrowed until the user's written is called. There
 * can be only one write at a time. */
void attempt_write(struct attempt *attempt, struct text bytes);

/* How far the request of an attempt that is under way and connected has come. */
static inline struct connection_progress attempt_progress(const struct attempt *attempt)
{
    return connection_progress(attempt->connection);
}

/* True when the whole request has been written, so that nothing of it is borrowed any more. */
bool attempt_is_sent(const struct attempt *attempt);

/* Ends the attempt without a callback, and sets the outcome. ${reason} is REASON_TIMEOUT when the
 * attempt has taken too long. It is REASON_NONE when the user does not need the answer any more;
 * then nothing is concluded about the endpoint. */
void attempt_stop(struct attempt *attempt, enum reason reason);

/* Returns the traceparent that the attempt sends; absent: none. Valid until the next attempt in
 * this memory begins. */
struct text attempt_traceparent(const struct attempt *attempt);

static inline bool attempt_is_under_way(const struct attempt *attempt)
{
    return attempt->connection != NULL;
}

#endif
