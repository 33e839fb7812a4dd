/*
 * Decides what follows an attempt that has failed. This header is for the files of call only.
 *
 * - When an attempt ends before any byte of the request has left this server, for example because
 *   connecting failed, another endpoint is asked. Each endpoint is asked once. This is safe for
 *   every method.
 * - When a reused connection ends before the first byte of an answer, and nothing was sent or the
 *   request may be repeated, the same endpoint is asked once more, on a fresh connection. The
 *   reason is that a service may close an idle connection just as we use it (RFC 9112 section
 *   9.3.1).
 * - A request with a method of settings->retry.methods is retried: another endpoint is asked after
 *   a reset or a time-out before the first byte of an answer, and after the statuses 500, 502, 503
 *   and 504. Only these retries have a budget. When a 503 has a Retry-After field, the retry waits
 *   for that time. When the deadline is earlier, there is no retry. A long body
 *   (CALL_TRY_UPLOAD_BYTES) is not sent twice.
 *
 * An answer is refused only when the retry can be made. Otherwise the user gets it as it is.
 */
#ifndef BFF_UPSTREAM_CALL_RETRY_H
#define BFF_UPSTREAM_CALL_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/upstream/call_report.h"
#include "bff/upstream/exchange.h"

struct call;
struct call_try;

enum call_next {
    CALL_END,   /* the call ends with the attempt's reason */
    CALL_AGAIN, /* another attempt at the same endpoint, on a fresh connection */
    CALL_OTHER, /* another attempt, at the endpoint in call->next */
    CALL_LATER, /* another attempt, at the time call->retry_ns */
};

/* To be called when the first attempt begins: counts the call for the budget of its service, and
 * makes the upload ready. */
void call_retry_first(struct call *call, int64_t now_ns);

/* The limit for call_try.retry_ns of an attempt that begins at ${now_ns}. */
int64_t call_retry_limit_ns(const struct call *call, int64_t now_ns);

/* The time try->retry_ns has come. Returns true when another endpoint is to be asked: then the
 * caller must end the attempt, and call_retry_next returns CALL_OTHER. */
bool call_retry_gives_up(struct call *call, struct call_try *try, int64_t now_ns);

/* True when the user of the call may see this head of ${try}. False: the attempt must end with
 * REASON_STATUS, and the user sees nothing of this response. */
bool call_retry_accepts(struct call *call, const struct call_try *try,
                        const struct exchange_head *head);

/* True when the next attempt of the call is made at the same endpoint as ${try}, which has ended
 * and was not cancelled. May be called before its report is made. */
bool call_retry_is_again(const struct call *call, const struct call_try *try);

/* Decides what follows an attempt that has ended and was not cancelled: call->try. Must not be
 * called while another attempt is under way. */
enum call_next call_retry_next(struct call *call, const struct call_report *report);

/* The time call->retry_ns has come. Chooses the endpoint, which may be one that was asked before
 * when there is no other one now. Returns false when none can be asked. */
bool call_retry_choose(struct call *call, int64_t now_ns);

/* True when ${methods}, a list that ends with an absent text, has ${method}. */
bool call_retry_has_method(const struct text *methods, struct text method);

#endif
