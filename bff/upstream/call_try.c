/* See call_try.h. */
#include "bff/base/clock.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_try.h"
#include "bff/upstream/ejection.h"

static const struct attempt_user attempt_user;

/* Until the first byte. */
static void expect_answer(struct call_try *try, int64_t now_ns)
{
    const struct call *call = try->call;
    uint32_t own_ms = call->ask->first_byte_ms;
    uint32_t ms = own_ms > 0 ? own_ms : call->service->settings->first_byte_ms;

    try->until_ns = now_ns + ms * CLOCK_MS;
}

void call_try_begin(struct call_try *try, bool is_fresh, int64_t now_ns)
{
    const struct call *call = try->call;
    const struct call_ask *ask = call->ask;

    endpoints_use(try->endpoint);
    endpoint_state_begin(try->endpoint->state);
    attempt_begin(&try->attempt,
                  &(struct attempt_ask){
                      .endpoint = try->endpoint,
                      .is_fresh = is_fresh,
                      .wants_upgrade = ask->wants_upgrade,
                      .method = ask->method,
                      .target = ask->target,
                      .host = ask->host,
                      .headers = ask->headers,
                      .traceparent = ask->traceparent,
                      .body = ask->body,
                      .random = &call->upstream->random,
                      .sink = call->sink,
                      .sink_cookie = call->cookie,
                      .now_ns = now_ns,
                  },
                  &attempt_user, try);
    if (try->attempt.is_reused)
        expect_answer(try, now_ns);
    else
        try->until_ns = now_ns + call->service->settings->connect_ms * CLOCK_MS;
}

void call_try_stop(struct call_try *try, enum reason reason)
{
    attempt_stop(&try->attempt, reason);
}

/* The end. */

enum endpoint_outcome call_try_outcome(enum reason reason, int status)
{
    switch (reason) {
    case REASON_TIMEOUT:
    case REASON_CONNECT:
    case REASON_RESET:
    case REASON_BAD_HTTP:
        return ENDPOINT_FAILED;
    default:
        return status >= 500 && status != 501 ? ENDPOINT_FAILED : ENDPOINT_WORKED;
    }
}

/* The outcome is unknown when the service closed an idle connection just as we used it: the service
 * may still be well. A health check says nothing here: health.c decides about its result. */
static enum endpoint_outcome outcome(const struct call_try *try, bool is_cancelled)
{
    const struct attempt *attempt = &try->attempt;
    bool is_stale = attempt->reason == REASON_RESET && attempt->is_reused && attempt->is_clean;

    if (is_stale || try->call->ask->only != NULL ||
        (is_cancelled && attempt->reason == REASON_NONE))
        return ENDPOINT_UNKNOWN;
    return call_try_outcome(attempt->reason, attempt->status);
}

void call_try_report(const struct call_try *try, bool is_cancelled, struct call_report *report)
{
    const struct attempt *attempt = &try->attempt;
    const struct call *call = try->call;

    *report = (struct call_report){
        .service = call->ask->service,
        .endpoint = attempt->endpoint,
        .number = try->number,
        .reason = attempt->reason,
        .status = attempt->status,
        .is_cancelled = is_cancelled,
        .is_hedge = try->is_hedge,
        .is_reused = attempt->is_reused,
        .is_unsent = attempt->is_unsent,
        .is_clean = attempt->is_clean,
        .started_ns = attempt->started_ns,
        .connected_ns = attempt->connected_ns,
        .first_byte_ns = attempt->first_byte_ns,
        .ended_ns = attempt->ended_ns,
        .received = attempt->received,
    };
    ejection_attempt_ended(&(struct ejection_event){
        .balance = &call->service->balance,
        .state = try->endpoint->state,
        .outcome = outcome(try, is_cancelled),
        .reason = attempt->reason,
        .status = attempt->status,
        .is_trial = try->is_trial,
        .now_ns = attempt->ended_ns,
    });
    if (call->upstream->observe != NULL)
        call->upstream->observe(call->upstream->observe_cookie, report);
    endpoints_release(try->endpoint);
}

/* Callbacks of the attempt. */

static void on_opened(void *cookie)
{
    struct call_try *try = cookie;

    expect_answer(try, try->attempt.connected_ns);
    try->user->opened(try);
}

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct call_try *try = cookie;

    return try->user->head(try, head, why);
}

static void on_received(void *cookie) { ((struct call_try *)cookie)->user->received(cookie); }

static void on_written(void *cookie) { ((struct call_try *)cookie)->user->written(cookie); }

static void on_ended(void *cookie) { ((struct call_try *)cookie)->user->ended(cookie); }

static const struct attempt_user attempt_user = {
    .opened = on_opened,
    .head = on_head,
    .received = on_received,
    .written = on_written,
    .ended = on_ended,
};
