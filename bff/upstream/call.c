/* See call.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_policy.h"

/* The time. */

/* Sets the timer, except when the user's own limit (call_ask.until_ns) comes earlier. */
static void wake_at(struct call *call, int64_t at_ns)
{
    struct timers *timers = call->upstream->on->timers;

    if (call->ask->until_ns != 0 && at_ns >= call->ask->until_ns)
        timer_clear(timers, &call->timer);
    else if (!timer_is_set(&call->timer) || call->timer.at_ns != at_ns)
        timer_set(timers, &call->timer, at_ns);
}

static void expect_within(struct call *call, int64_t now_ns, uint32_t ms)
{
    int64_t at_ns = now_ns + ms * CLOCK_MS;

    wake_at(call, at_ns < call->total_ns ? at_ns : call->total_ns);
}

static void expect_answer(struct call *call, int64_t now_ns)
{
    uint32_t own_ms = call->ask->first_byte_ms;

    expect_within(call, now_ns, own_ms > 0 ? own_ms : call->service->settings->first_byte_ms);
}

/* Sets the timer for the rest of the answer. The idle limit begins again, except while the user has
 * paused the call. */
static void expect_more(struct call *call)
{
    if (attempt_is_paused(&call->attempt))
        return;
    if (call->ask->idle_ms > 0)
        expect_within(call, clock_now_ns(), call->ask->idle_ms);
    else
        wake_at(call, call->total_ns);
}

/* Endpoints. */

/* The places of ${endpoint} in its service's list, as bits. It has two when it is listed twice. */
static uint64_t places_of(const struct call *call, const struct endpoint *endpoint)
{
    const struct balance *balance = &call->service->balance;
    uint64_t places = 0;

    for (size_t i = 0; i < balance->count && i < CALL_ENDPOINTS_MAX; i++)
        if (balance->endpoints[i] == endpoint)
            places |= (uint64_t)1 << i;
    return places;
}

/* An endpoint without a bit is asked first or not at all. */
static bool is_asked(const struct call *call, const struct endpoint *endpoint)
{
    return call->asked != 0 && (places_of(call, endpoint) & ~call->asked) == 0;
}

static bool is_left_out(const void *cookie, const struct endpoint *endpoint)
{
    const struct call *call = cookie;

    if (is_asked(call, endpoint))
        return true;
    return call->policy->may_ask != NULL && !call->policy->may_ask(call, endpoint);
}

static struct endpoint *pick(struct call *call)
{
    const struct balance_except except = {.has = is_left_out, .cookie = call};
    bool leaves_out = call->asked != 0 || call->policy->may_ask != NULL;

    return balance_pick(&call->service->balance, call->ask->key, leaves_out ? &except : NULL);
}

bool call_has_other(const struct call *call)
{
    const struct balance *balance = &call->service->balance;

    if (call->ask->only != NULL || places_of(call, call->endpoint) == 0)
        return false;
    for (size_t i = 0; i < balance->count; i++)
        if (balance->endpoints[i] != call->endpoint && !is_left_out(call, balance->endpoints[i]))
            return true;
    return false;
}

/* Attempts. */

static const struct attempt_user attempt_user;

static void begin_attempt(struct call *call, bool is_fresh, int64_t now_ns)
{
    const struct call_ask *ask = call->ask;

    attempt_begin(&call->attempt,
                  &(struct attempt_ask){
                      .endpoint = call->endpoint,
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
                  &attempt_user, call);
    if (call->attempt.is_reused)
        expect_answer(call, now_ns);
    else
        expect_within(call, now_ns, call->service->settings->connect_ms);
}

static void end(struct call *call, enum reason reason)
{
    struct upstream *upstream = call->upstream;

    must(call->is_running && !attempt_is_under_way(&call->attempt));
    call->is_running = false;
    timer_clear(upstream->on->timers, &call->timer);
    call->sink->end(call->cookie, reason);
    upstream_call_ended(upstream);
}

/* Reports the outcome of the attempt that has just ended. */
static void report(const struct call *call, bool is_cancelled, struct call_report *report)
{
    const struct attempt *attempt = &call->attempt;

    *report = (struct call_report){
        .service = call->ask->service,
        .endpoint = attempt->endpoint,
        .number = call->retries,
        .reason = attempt->reason,
        .status = attempt->status,
        .is_cancelled = is_cancelled,
        .is_reused = attempt->is_reused,
        .is_unsent = attempt->is_unsent,
        .is_clean = attempt->is_clean,
        .started_ns = attempt->started_ns,
        .connected_ns = attempt->connected_ns,
        .first_byte_ns = attempt->first_byte_ns,
        .ended_ns = attempt->ended_ns,
        .received = attempt->received,
    };
    if (call->policy->report != NULL)
        call->policy->report(call, report);
    if (call->upstream->observe != NULL)
        call->upstream->observe(call->upstream->observe_cookie, report);
}

static void try_other(struct call *call, const struct call_report *failed)
{
    struct endpoint *other = NULL;

    if (call_has_other(call)) {
        call->asked |= places_of(call, call->endpoint);
        other = pick(call);
    }
    if (other == NULL) {
        end(call, failed->reason);
        return;
    }
    call->endpoint = other;
    call->retries++;
    begin_attempt(call, false, clock_now_ns());
}

/* Decides what follows an attempt that has ended. */
static void carry_on(struct call *call)
{
    const struct call_policy *policy = call->policy;
    struct call_report over;

    report(call, false, &over);
    enum call_next next = CALL_END;
    if (policy->ended != NULL && over.ended_ns < call->total_ns)
        next = policy->ended(call, &over);
    if (next == CALL_OTHER) {
        try_other(call, &over);
    } else if (next == CALL_AGAIN) {
        call->retries++;
        begin_attempt(call, true, clock_now_ns());
    } else {
        end(call, over.reason);
    }
}

static void on_opened(void *cookie)
{
    struct call *call = cookie;

    expect_answer(call, call->attempt.connected_ns);
}

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct call *call = cookie;

    if (call->policy->accepts != NULL && !call->policy->accepts(call, head)) {
        *why = REASON_STATUS;
        return -1;
    }
    return call->sink->head(call->cookie, head, why);
}

static void on_received(void *cookie)
{
    struct call *call = cookie;

    expect_more(call);
    if (call->sink->flush != NULL)
        call->sink->flush(call->cookie);
}

static void on_written(void *cookie)
{
    struct call *call = cookie;

    expect_more(call);
    call->written(call->cookie);
}

static void on_ended(void *cookie) { carry_on(cookie); }

static const struct attempt_user attempt_user = {
    .opened = on_opened,
    .head = on_head,
    .received = on_received,
    .written = on_written,
    .ended = on_ended,
};

/* Either a time limit has been reached, or there is no attempt, because the call failed before its
 * first one. In the second case the call ends here with the reason call->early. */
static void on_timer(struct timer *timer)
{
    struct call *call = H2O_STRUCT_FROM_MEMBER(struct call, timer, timer);

    if (call->early != REASON_NONE) {
        end(call, call->early);
        return;
    }
    attempt_stop(&call->attempt, REASON_TIMEOUT);
    carry_on(call);
}

/* The call. */

static void end_soon(struct call *call, enum reason reason, int64_t now_ns)
{
    call->early = reason;
    timer_set(call->upstream->on->timers, &call->timer, now_ns);
}

/* Sets each member on its own, because the attempt, the largest member, need not be cleared. */
static void init(struct call *call, struct upstream *upstream, const struct call_ask *ask)
{
    struct upstream_service *service = upstream_service(upstream, ask->service);
    bool has_policy = service != NULL && service->policy != NULL;

    call->ask = ask;
    call->retries = 0;
    call->upstream = upstream;
    call->service = service;
    call->endpoint = NULL;
    call->policy = has_policy ? service->policy : &call_policy_default;
    call->written = NULL;
    call->timer = (struct timer){.fire = on_timer};
    call->total_ns = INT64_MAX;
    call->early = REASON_NONE;
    call->is_running = true;
    call->asked = 0;
    call->attempt.connection = NULL;
}

void call_start(struct call *call, struct upstream *upstream, const struct call_ask *ask,
                const struct exchange_sink *sink, void *cookie)
{
    int64_t now_ns = clock_now_ns();

    must(!call->is_running);
    upstream_call_begins(upstream);
    init(call, upstream, ask);
    call->sink = sink;
    call->cookie = cookie;
    if (call->service == NULL) {
        end_soon(call, REASON_CONNECT, now_ns);
        return;
    }
    if (ask->idle_ms == 0)
        call->total_ns = now_ns + call->service->settings->total_ms * CLOCK_MS;
    call->endpoint = ask->only != NULL ? ask->only : pick(call);
    if (call->endpoint == NULL)
        end_soon(call, REASON_BREAKER_OPEN, now_ns);
    else
        begin_attempt(call, false, now_ns);
}

void call_pause(struct call *call)
{
    if (!attempt_is_under_way(&call->attempt))
        return;
    attempt_pause(&call->attempt);
    timer_clear(call->upstream->on->timers, &call->timer);
}

void call_resume(struct call *call)
{
    if (!attempt_is_paused(&call->attempt))
        return;
    attempt_resume(&call->attempt);
    expect_more(call);
}

void call_write(struct call *call, struct text bytes, void (*written)(void *cookie))
{
    call->written = written;
    attempt_write(&call->attempt, bytes);
}

bool call_is_sent(const struct call *call) { return attempt_is_sent(&call->attempt); }

void call_cancel(struct call *call)
{
    struct call_report over;

    if (!call->is_running)
        return;
    call->is_running = false;
    timer_clear(call->upstream->on->timers, &call->timer);
    if (attempt_is_under_way(&call->attempt)) {
        attempt_stop(&call->attempt, REASON_NONE);
        report(call, true, &over);
    }
    upstream_call_ended(call->upstream);
}
