/* See call_retry.h. */
#include <stdio.h>

#include "bff/base/clock.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_hedge.h"
#include "bff/upstream/call_limit.h"
#include "bff/upstream/call_retry.h"
#include "bff/upstream/call_retry_after.h"

#define LABEL_BYTES 80 /* of an endpoint, in call->retried; the rest is cut off */

bool call_retry_has_method(const struct text *methods, struct text method)
{
    for (; methods->at != NULL; methods++)
        if (text_equal(*methods, method))
            return true;
    return false;
}

static const struct service_retry *settings_of(const struct call *call)
{
    return &call->service->settings->retry;
}

/* A service with one endpoint has no budget, because it has no other endpoint. */
static bool has_budget(const struct call *call)
{
    return settings_of(call)->methods != NULL && call->service->balance.count > 1 &&
           call->ask->only == NULL;
}

/* True when the request may be sent again although the service may have acted on it. */
static bool may_repeat(const struct call *call)
{
    const struct call_ask *ask = call->ask;

    return has_budget(call) && !ask->wants_upgrade && !ask->is_body_gone && !ask->at_most_once &&
           !call_try_is_long(ask) && call_retry_has_method(settings_of(call)->methods, ask->method);
}

void call_retry_first(struct call *call, int64_t now_ns)
{
    if (call->ask->upload != NULL)
        upload_again(call->ask->upload);
    if (has_budget(call))
        service_state_earn(&call->service->state->retries, now_ns);
}

/* Takes a retry from the budget, if another endpoint may be asked at ${at_ns}. */
static bool take(struct call *call, int64_t at_ns, int64_t now_ns)
{
    const struct service_retry *retry = settings_of(call);

    return may_repeat(call) && call_limit_has_time(call, at_ns) && call_has_other(call, now_ns) &&
           service_state_spend(
               &call->service->state->retries,
               &(struct service_state_budget){retry->budget_percent, retry->reserve}, now_ns);
}

int64_t call_retry_limit_ns(const struct call *call, int64_t now_ns)
{
    uint32_t try_ms = settings_of(call)->try_ms;

    return try_ms > 0 && may_repeat(call) ? now_ns + try_ms * CLOCK_MS : INT64_MAX;
}

bool call_retry_gives_up(struct call *call, struct call_try *try, int64_t now_ns)
{
    try->retry_ns = INT64_MAX;
    if (call_hedge_rival(call, try) != NULL || !take(call, now_ns, now_ns) ||
        !call_choose(call, now_ns))
        return false;
    call->is_retry_paid = true;
    return true;
}

static bool is_retried(int status)
{
    return status == 500 || status == 502 || status == 503 || status == 504;
}

/* The other attempt of a hedged call, if it is under way, may get a better answer. The endpoint of
 * a retry is chosen before the head is refused, so that the retry will surely be made. */
bool call_retry_accepts(struct call *call, const struct call_try *try,
                        const struct exchange_head *head)
{
    int64_t now_ns, wait_ns;

    if (!is_retried(head->status) || call->ask->only != NULL)
        return true;
    if (call_hedge_rival(call, try) != NULL)
        return false;
    if (!may_repeat(call))
        return true;
    now_ns = clock_now_ns();
    wait_ns = head->status == 503 ? call_retry_after_ns(head) : 0;
    if (!take(call, now_ns + wait_ns, now_ns))
        return true;
    if (wait_ns > 0)
        call->retry_ns = now_ns + wait_ns;
    else if (!call_choose(call, now_ns))
        return true;
    call->is_retry_paid = true;
    return false;
}

/* False when the bytes of the request's body are gone. */
static bool has_body(const struct call *call)
{
    return call->ask->upload == NULL || upload_again(call->ask->upload);
}

/* The end of a reused connection says nothing about its endpoint, so the same endpoint is asked
 * again. This happens only once, because the next connection is a fresh one. */
static bool is_stale(const struct call *call, const struct attempt *attempt)
{
    return attempt->reason == REASON_RESET && attempt->is_clean && attempt->is_reused &&
           (attempt->is_unsent || (call->ask->may_repeat && !call->ask->at_most_once)) &&
           has_body(call);
}

bool call_retry_is_again(const struct call *call, const struct call_try *try)
{
    return !call->is_retry_paid && !call->has_head && call->ask->only == NULL &&
           is_stale(call, &try->attempt) && call_limit_has_time(call, try->attempt.ended_ns);
}

/* May another endpoint be asked after this end? */
static bool is_retry_allowed(struct call *call, const struct call_report *report)
{
    bool is_lost = report->reason == REASON_RESET || report->reason == REASON_TIMEOUT;

    return (report->is_unsent && has_body(call)) ||
           (is_lost && report->is_clean && take(call, report->ended_ns, report->ended_ns));
}

static enum call_next next(struct call *call, const struct call_report *report)
{
    if (call->is_retry_paid) {
        call->is_retry_paid = false;
        return call->retry_ns == INT64_MAX ? CALL_OTHER : CALL_LATER;
    }
    if (call_retry_is_again(call, call->try))
        return CALL_AGAIN;
    if (call->has_head || call->ask->only != NULL || !call_limit_has_time(call, report->ended_ns))
        return CALL_END;
    return is_retry_allowed(call, report) && call_choose(call, report->ended_ns) ? CALL_OTHER
                                                                                 : CALL_END;
}

/* The log shows this text. Without it, nothing would name an endpoint that fails only sometimes. */
static void note(struct call *call, const struct call_report *report)
{
    struct text label = report->endpoint->label;
    int len = (int)(label.len < LABEL_BYTES ? label.len : LABEL_BYTES);
    char status[sizeof(" 599")] = "";

    if (call->retried[0] != '\0')
        return;
    if (report->reason == REASON_STATUS)
        snprintf(status, sizeof(status), " %u", (unsigned)report->status % 1000);
    snprintf(call->retried, sizeof(call->retried), "%.*s %s%s", len, label.at,
             reason_name(report->reason), status);
}

enum call_next call_retry_next(struct call *call, const struct call_report *report)
{
    enum call_next follows = next(call, report);

    if (follows != CALL_END)
        note(call, report);
    return follows;
}

bool call_retry_choose(struct call *call, int64_t now_ns)
{
    call->retry_ns = INT64_MAX;
    if (call_choose(call, now_ns))
        return true;
    call->asked = 0;
    return call_choose(call, now_ns);
}
