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

/* The timer has fired. A long body that the service is still taking postpones the limits of the
 * attempt and of the call: then the result is true. It is false when none of these limits has been
 * reached, because the timer had another reason. */
bool call_limit_is_postponed(struct call *call, int64_t now_ns);

/* True when an attempt that begins at ${at_ns} has at least min_time_ms. */
bool call_limit_has_time(const struct call *call, int64_t at_ns);

/* Sets the timer to the next limit, except when the user's own limit (call_ask.until_ns) comes
 * earlier. To be called after every change of a limit. */
void call_limit_wake(struct call *call);

/* More of the answer must come: the idle limit begins again, except while the user has paused the
 * call. */
void call_limit_expect_more(struct call_try *try);

/* A service that had so long to answer, and did not answer, has failed: min_wait_ms, or the limit
 * for the whole call if that is less. */
int64_t call_limit_enough_ns(const struct call *call);

/* True when the attempt of ${try} had enough time to answer. */
bool call_limit_was_enough(const struct call_try *try, int64_t now_ns);

#endif
