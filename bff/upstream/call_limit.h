/*
 * The time limits of a call, and its timer, which wakes it at the earliest of them. This header is
 * for the files of call only.
 */
#ifndef BFF_UPSTREAM_CALL_LIMIT_H
#define BFF_UPSTREAM_CALL_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct call;
struct call_try;

/* The call begins: sets call->total_ns. */
void call_limit_start(struct call *call);

/* The timer has fired. When a limit of the attempt or of the call has been reached, but the service
 * is still taking a long body, this function postpones the limit and returns true. It returns false
 * when a limit has been reached, and when the timer had another reason. */
bool call_limit_is_postponed(struct call *call, int64_t now_ns);

/* True when an attempt that begins at ${at_ns} has at least min_time_ms. */
bool call_limit_has_time(const struct call *call, int64_t at_ns);

/* Sets the timer to the next limit, except when the user's own limit (call_ask.until_ns) comes
 * earlier. To be called after every change of a limit. */
void call_limit_wake(struct call *call);

/* More of the answer must come: the idle limit begins again, except while the user has paused the
 * call. */
void call_limit_expect_more(struct call_try *try);

/* The upload has gone on. An answer that began before the upload is over may wait for it. */
void call_limit_upload_moved(struct call_try *try);

/* Returns the time after which a service that has not answered has failed: min_wait_ms, or the
 * limit for the whole call if that is shorter. */
int64_t call_limit_enough_ns(const struct call *call);

/* True when the attempt of ${try} had enough time to answer. */
bool call_limit_was_enough(const struct call_try *try, int64_t now_ns);

#endif
