/* See call_try.h. */
#include "bff/base/clock.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_retry.h"
#include "bff/upstream/call_try.h"
#include "bff/upstream/ejection.h"

static const struct attempt_user attempt_user;

#define STATUS_TUNNEL 101
#define LOOKS 8 /* at the progress of an upload, in first_byte_ms */

bool call_try_is_long(const struct call_ask *ask)
{
    return ask->upload != NULL || ask->body.len > CALL_TRY_UPLOAD_BYTES;
}

/* True while the service has taken all that there is: the client is slow, not the service. */
static bool is_starving(const struct call_try *try, const struct connection_progress *progress)
{
    const struct upload *upload = try->call->ask->upload;

    return upload != NULL && upload_is_starving(upload) && progress->has_all;
}

static int64_t first_byte_ns(const struct call *call)
{
    uint32_t own_ms = call->ask->first_byte_ms;

    return (own_ms > 0 ? own_ms : call->service->settings->first_byte_ms) * CLOCK_MS;
}

/* Sets the limit for the first byte. A long body needs more time, so its progress is watched. */
static void expect_answer(struct call_try *try, int64_t now_ns)
{
    int64_t limit_ns = first_byte_ns(try->call);

    try->upload.is_watched = call_try_is_long(try->call->ask);
    try->until_ns = now_ns + limit_ns;
    if (!try->upload.is_watched)
        return;
    try->upload.acked = attempt_progress(&try->attempt).acked;
    try->upload.looked_ns = try->upload.moved_ns = now_ns;
    try->until_ns = now_ns + limit_ns / LOOKS;
}

bool call_try_is_uploading(struct call_try *try, int64_t now_ns, int64_t *moved_ns)
{
    struct call_try_upload *upload = &try->upload;
    int64_t limit_ns = first_byte_ns(try->call);
    struct connection_progress progress;

    *moved_ns = 0;
    if (!upload->is_watched || try->attempt.first_byte_ns != 0)
        return false;
    progress = attempt_progress(&try->attempt);
    if (progress.acked > upload->acked || is_starving(try, &progress)) {
        *moved_ns = now_ns - upload->looked_ns;
        upload->moved_ns = now_ns;
    }
    upload->acked = progress.acked;
    upload->looked_ns = now_ns;
    upload->is_watched = !progress.is_sent;
    int64_t until_ns = upload->moved_ns + limit_ns, next_ns = now_ns + limit_ns / LOOKS;
    try->until_ns = upload->is_watched && next_ns < until_ns ? next_ns : until_ns;
    return now_ns < until_ns;
}

/* The time when the user, or the limit for all attempts, ends the call. A health check has no
 * deadline. */
static int64_t deadline_ns(const struct call *call)
{
    int64_t until_ns = call->ask->until_ns;

    if (call->ask->only != NULL)
        return INT64_MAX;
    if (call->ask->upload != NULL && until_ns == 0) /* total_ms is not the time of the upload */
        return call->ask->head_by_ns > 0 ? call->ask->head_by_ns : INT64_MAX;
    return until_ns > 0 && until_ns < call->total_ns ? until_ns : call->total_ns;
}

void call_try_begin(struct call_try *try, bool is_fresh, int64_t now_ns)
{
    const struct call *call = try->call;
    const struct call_ask *ask = call->ask;

    endpoints_use(try->endpoint);
    if (!try->is_counted)
        endpoint_state_begin(try->endpoint->state);
    try->is_counted = false;
    attempt_begin(&try->attempt,
                  &(struct attempt_ask){
                      .endpoint = try->endpoint,
                      .is_fresh = is_fresh,
                      .wants_upgrade = ask->wants_upgrade,
                      .method = ask->method,
                      .target = ask->target,
                      .host = ask->host,
                      .headers = ask->headers,
                      .caller = ask->caller,
                      .traceparent = ask->traceparent,
                      .body = ask->body,
                      .upload = ask->upload,
                      .deadline_ns = deadline_ns(call),
                      .random = &call->upstream->random,
                      .sink = call->sink,
                      .sink_cookie = call->cookie,
                      .now_ns = now_ns,
                  },
                  &attempt_user, try);
    try->upload.is_watched = false;
    if (try->attempt.is_reused)
        expect_answer(try, now_ns);
    else
        try->until_ns = now_ns + call->service->settings->connect_ms * CLOCK_MS;
    try->retry_ns = call_retry_limit_ns(call, now_ns);
}

void call_try_expect_more(struct call_try *try, uint32_t idle_ms)
{
    try->until_ns = idle_ms > 0 ? clock_now_ns() + idle_ms * CLOCK_MS : INT64_MAX;
    try->retry_ns = INT64_MAX;
}

int64_t call_try_limit_ns(const struct call_try *try)
{
    if (!call_try_is_under_way(try))
        return INT64_MAX;
    return try->until_ns < try->retry_ns ? try->until_ns : try->retry_ns;
}

void call_try_stop(struct call_try *try, enum reason reason)
{
    attempt_stop(&try->attempt, reason);
}

/* The end. */

enum endpoint_outcome call_try_outcome(enum reason reason, int status)
{
    bool is_error = status >= 500 && status != 501;

    return is_error || reason_is_failure(reason) ? ENDPOINT_FAILED : ENDPOINT_WORKED;
}

static bool is_check(const struct call_try *try) { return try->call->ask->only != NULL; }

/* The time of an upload is that of its client. */
static bool has_own_time(const struct call_try *try)
{
    return !is_check(try) && try->call->ask->upload == NULL;
}

/* A client can make a tunnel silent, or make the service break it off. In a streamed answer, the
 * service may have nothing to say. When a client reads too slowly, the service gives up in the end.
 * So these ends must not eject the endpoint. */
static bool is_end_of_stream(const struct call_try *try)
{
    const struct attempt *attempt = &try->attempt;
    bool is_silent = attempt->reason == REASON_TIMEOUT;
    bool is_broken = attempt->reason == REASON_RESET &&
                     (attempt->status == STATUS_TUNNEL || attempt->was_paused);

    return try->call->ask->idle_ms > 0 && attempt->status != 0 && (is_silent || is_broken);
}

/* The outcome is unknown when the service closed an idle connection just as we used it: the service
 * may still be well. A health check says nothing here: health.c decides about its result. */
static enum endpoint_outcome outcome(const struct call_try *try, bool is_cancelled)
{
    const struct attempt *attempt = &try->attempt;
    bool is_stale = attempt->reason == REASON_RESET && attempt->is_reused && attempt->is_clean;

    if (is_stale || is_check(try) || (is_cancelled && attempt->reason == REASON_NONE) ||
        is_end_of_stream(try))
        return ENDPOINT_UNKNOWN;
    return call_try_outcome(attempt->reason, attempt->status);
}

/* When the attempt ends before the first byte has come, the time of the wait is a sample, because
 * the first byte takes even longer. The wait must not lower the average. */
static void sample_wait(const struct call_try *try)
{
    const struct attempt *attempt = &try->attempt;
    struct endpoint_state *state = try->endpoint->state;
    int64_t average_ns, waited_ns = attempt->ended_ns - attempt->connected_ns;

    if (!has_own_time(try) || attempt->first_byte_ns != 0 || attempt->connected_ns == 0)
        return;
    average_ns = endpoint_state_average_ns(state, attempt->ended_ns);
    if (waited_ns > average_ns && (average_ns > 0 || attempt->reason == REASON_TIMEOUT))
        endpoint_state_sample(state, waited_ns, attempt->ended_ns);
}

void call_try_keep_place(struct call_try *try)
{
    endpoint_state_begin(try->endpoint->state);
    try->is_counted = true;
}

/* The attempt that is used ends last, because it ends the call. */
static void keep_times(struct call_times *times, const struct attempt *attempt)
{
    times->started_ns = attempt->started_ns;
    times->connected_ns = attempt->connected_ns;
    times->first_byte_ns = attempt->first_byte_ns;
    times->ended_ns = attempt->ended_ns;
    times->received = attempt->received;
    times->is_reused = attempt->is_reused;
}

void call_try_report(const struct call_try *try, bool is_cancelled, struct call_report *report)
{
    const struct attempt *attempt = &try->attempt;
    struct call *call = try->call;

    call->has_left |= !attempt->is_unsent;
    keep_times(&call->times, attempt);
    *report = (struct call_report){
        .ask = call->ask,
        .service = call->ask->service,
        .endpoint = attempt->endpoint,
        .traceparent = attempt_traceparent(attempt),
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
    sample_wait(try);
    ejection_attempt_ended(&(struct ejection_event){
        .balance = &call->service->balance,
        .endpoint = try->endpoint,
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

/* The body of a streamed answer may last for hours, and the endpoint gets no other request while
 * its trial is under way. So the head decides. */
static void decide_trial(struct call_try *try, int status)
{
    if (!try->is_trial || try->call->ask->idle_ms == 0)
        return;
    ejection_trial_answered(&(struct ejection_event){
        .balance = &try->call->service->balance,
        .endpoint = try->endpoint,
        .outcome = call_try_outcome(REASON_NONE, status),
        .status = status,
        .is_trial = true,
        .now_ns = clock_now_ns(),
    });
    try->is_trial = false;
}

/* A failure may come fast. Its time is no sample, because a failure must not bring the endpoint
 * more requests. The time of a health check is no sample either, because other paths take other
 * times. */
static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct call_try *try = cookie;
    const struct attempt *attempt = &try->attempt;

    decide_trial(try, head->status);
    if (has_own_time(try) && call_try_outcome(REASON_NONE, head->status) == ENDPOINT_WORKED)
        endpoint_state_sample(try->endpoint->state, attempt->first_byte_ns - attempt->connected_ns,
                              attempt->first_byte_ns);
    return try->user->head(try, head, why);
}

static void on_received(void *cookie) { ((struct call_try *)cookie)->user->received(cookie); }

static void on_written(void *cookie) { ((struct call_try *)cookie)->user->written(cookie); }

static void on_moved(void *cookie) { ((struct call_try *)cookie)->user->moved(cookie); }

static void on_ended(void *cookie) { ((struct call_try *)cookie)->user->ended(cookie); }

static const struct attempt_user attempt_user = {
    .opened = on_opened,
    .head = on_head,
    .received = on_received,
    .written = on_written,
    .moved = on_moved,
    .ended = on_ended,
};
