/* See call.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_breaker.h"
#include "bff/upstream/call_hedge.h"
#include "bff/upstream/call_limit.h"
#include "bff/upstream/call_retry.h"

#define LIMITED_S 1 /* when a call that was limited may succeed, in seconds */
#define STATUS_BUSY 503

/* The end. */

static enum breaker_outcome outcome(enum reason reason, int status)
{
    return call_try_outcome(reason, status) == ENDPOINT_FAILED ? BREAKER_FAILED : BREAKER_WORKED;
}

static void end(struct call *call, enum reason reason)
{
    struct upstream *upstream = call->upstream;

    must(call->is_running && !call_try_is_under_way(call->try));
    call->is_running = false;
    call_hedge_free(call);
    timer_clear(upstream->on->timers, &call->timer);
    call_queue_leave(call);
    call->sink->end(call->cookie, reason);
    upstream_call_ended(upstream);
}

/* Ends the call after its last attempt. ${status} is that of the answer. */
static void finish(struct call *call, enum reason reason, int status, int64_t now_ns)
{
    call_breaker_tell(call, outcome(reason, status), now_ns);
    end(call, reason);
}

/* Ends an attempt before its own end: with REASON_TIMEOUT when it was slow. */
static void stop(struct call_try *try, bool is_slow, bool is_cancelled)
{
    struct call_report over;

    call_try_stop(try, is_slow ? REASON_TIMEOUT : REASON_NONE);
    call_try_report(try, is_cancelled, &over);
}

static bool is_under_way(const struct call_try *try)
{
    return try != NULL && call_try_is_under_way(try);
}

/* Attempts. */

static void begin(struct call *call, struct call_try *try, bool is_fresh, int64_t now_ns)
{
    try->number = call->retries + call->is_hedged;
    call_try_begin(try, is_fresh, now_ns);
    call_limit_wake(call);
}

void call_begin(struct call *call, struct call_try *try, int64_t now_ns)
{
    try->endpoint = call->next.endpoint;
    call->endpoint = endpoint_label(try->endpoint, call->address);
    try->is_counted = call->next.is_counted;
    try->is_trial = call->next.is_trial;
    begin(call, try, false, now_ns);
}

static void begin_first(struct call *call)
{
    call_retry_first(call, call->began_ns);
    call_hedge_first(call, call->began_ns);
    call_begin(call, &call->own, call->began_ns);
}

/* Makes the retry that ${next} names, or waits for its time or for the other attempt. */
static void retry(struct call *call, enum call_next next)
{
    if (next == CALL_LATER) {
        call_limit_wake(call);
        return;
    }
    call->retries++;
    if (next == CALL_OTHER) {
        call->try->is_hedge = false;
        call_begin(call, call->try, clock_now_ns());
    } else {
        call->try->is_trial = false;
        begin(call, call->try, true, clock_now_ns());
    }
}

/* Decides what follows an attempt that has ended. */
static void carry_on(struct call_try *try)
{
    struct call *call = try->call;
    struct call_try *rival = call_hedge_rival(call, try);
    struct call_report over;
    enum call_next next;

    if (rival == NULL && call_retry_is_again(call, try))
        call_try_keep_place(try);
    call_try_report(try, false, &over);
    call->try = try;
    if (rival != NULL)
        call_show(call, rival);
    next = rival != NULL ? CALL_LATER : call_retry_next(call, &over);
    if (next == CALL_END) {
        finish(call, over.reason, over.status, over.ended_ns);
        return;
    }
    call_queue_attempt_ended(call);
    retry(call, next);
}

static void on_opened(struct call_try *try) { call_limit_wake(try->call); }

/* With idle_ms, the body of an answer may last for hours. So the head decides how the call has
 * ended. */
static int on_head(struct call_try *try, const struct exchange_head *head, enum reason *why)
{
    struct call *call = try->call;

    if (!call_retry_accepts(call, try, head)) {
        *why = REASON_STATUS;
        return -1;
    }
    call->has_head = true;
    if (call->ask->hedge != NULL)
        call_hedge_decide(call, try, head);
    if (call->ask->idle_ms > 0) {
        call->total_ns = INT64_MAX;
        call_breaker_tell(call, outcome(REASON_NONE, head->status), try->attempt.first_byte_ns);
    }
    return call->sink->head(call->cookie, head, why);
}

static void on_received(struct call_try *try)
{
    struct call *call = try->call;

    call_limit_expect_more(try);
    if (call->sink->flush != NULL)
        call->sink->flush(call->cookie);
}

static void on_written(struct call_try *try)
{
    struct call *call = try->call;

    call_limit_expect_more(try);
    call->written(call->cookie);
}

static const struct call_try_user try_user = {
    .opened = on_opened,
    .head = on_head,
    .received = on_received,
    .written = on_written,
    .moved = call_limit_upload_moved,
    .ended = carry_on,
};

/* The time for the whole call is over. A later attempt may have begun only a moment ago. So may the
 * first one, after a wait in the queue, or when the client has set an early deadline. */
static void time_out(struct call *call, int64_t now_ns)
{
    struct call_try *tries[] = {&call->own, call->second};
    bool had_enough = now_ns - call->began_ns >= call_limit_enough_ns(call);

    for (size_t i = 0; i < 2; i++)
        if (is_under_way(tries[i])) {
            bool is_slow = call_limit_was_enough(tries[i], now_ns);
            stop(tries[i], is_slow, !is_slow);
        }
    call_breaker_tell(call, had_enough ? BREAKER_FAILED : BREAKER_NOTHING, now_ns);
    end(call, REASON_TIMEOUT);
}

/* Returns true when the attempt of ${try} has reached a limit and was ended. */
static bool time_out_try(struct call_try *try, int64_t now_ns)
{
    if (try == NULL || call_try_limit_ns(try) > now_ns)
        return false;
    if (try->until_ns > now_ns && !call_retry_gives_up(try->call, try, now_ns))
        return false;
    call_try_stop(try, REASON_TIMEOUT);
    carry_on(try);
    return true;
}

/* The time has come for a retry that waited because of a 503. When no endpoint can be asked now,
 * the call ends as one that was limited, which is a 503, too. */
static void retry_now(struct call *call, int64_t now_ns)
{
    if (call_retry_choose(call, now_ns)) {
        retry(call, CALL_OTHER);
        return;
    }
    call->retry_after_s = LIMITED_S;
    finish(call, REASON_LIMITED, STATUS_BUSY, now_ns);
}

/* The call has waited too long for a slot. */
static void end_waiting(struct call *call, int64_t now_ns)
{
    call->retry_after_s = LIMITED_S;
    end(call, now_ns >= call->total_ns ? REASON_TIMEOUT : REASON_LIMITED);
}

static void check_limits(struct call *call, int64_t now_ns)
{
    if (call_limit_is_postponed(call, now_ns)) {
        call_limit_wake(call);
    } else if (now_ns >= call->total_ns) {
        time_out(call, now_ns);
    } else if (now_ns >= call->retry_ns) {
        retry_now(call, now_ns);
    } else if (!time_out_try(&call->own, now_ns) && !time_out_try(call->second, now_ns)) {
        if (now_ns >= call->hedge_ns)
            call_hedge_ask(call, now_ns);
        call_limit_wake(call);
    }
}

/* A time limit has been reached, or there is no attempt, because the call failed before its first
 * one or has waited too long for it. Then the call ends here. */
static void on_timer(struct timer *timer)
{
    struct call *call = H2O_STRUCT_FROM_MEMBER(struct call, timer, timer);
    int64_t now_ns = clock_now_ns();

    if (call->queue.is_waiting)
        end_waiting(call, now_ns);
    else if (call->early != REASON_NONE)
        end(call, call->early);
    else
        check_limits(call, now_ns);
}

/* The call. */

static void end_soon(struct call *call, enum reason reason, unsigned retry_after_s)
{
    call->early = reason;
    call->retry_after_s = retry_after_s;
    timer_set(call->upstream->on->timers, &call->timer, call->began_ns);
}

void call_init_try(struct call *call, struct call_try *try)
{
    try->call = call;
    try->user = &try_user;
    try->is_hedge = false;
    try->until_ns = try->retry_ns = INT64_MAX;
    try->attempt.connection = NULL;
}

/* Sets each member separately, because the attempt, the largest member, need not be cleared. */
static void init(struct call *call, struct upstream *upstream, const struct call_ask *ask)
{
    call->ask = ask;
    call->retries = 0;
    call->retried[0] = '\0';
    call->has_left = false;
    call->is_hedged = call->has_hedge_won = false;
    call->retry_after_s = 0;
    call->upstream = upstream;
    call->service = upstream_service(upstream, ask->service);
    call->endpoint = (struct text){0};
    call->written = NULL;
    call->timer = (struct timer){.fire = on_timer};
    call->began_ns = clock_now_ns();
    call->times = (struct call_times){.asked_ns = call->began_ns};
    call->total_ns = INT64_MAX;
    call->early = REASON_NONE;
    call->is_running = true;
    call->has_head = false;
    call->queue.has_slot = call->queue.is_waiting = false;
    call->breaker = NULL;
    call->asked = 0;
    call->retry_ns = call->hedge_ns = INT64_MAX;
    call->is_retry_paid = false;
    call->try = &call->own;
    call->second = NULL;
    call_init_try(call, &call->own);
}

bool call_go(struct call *call, int64_t now_ns)
{
    call->began_ns = now_ns;
    if (!call_limit_has_time(call, now_ns)) {
        end_soon(call, REASON_TIMEOUT, 0);
    } else if (!call_breaker_ask(call)) {
        end_soon(call, REASON_BREAKER_OPEN, call_breaker_wait_s(call));
    } else if (call_choose(call, now_ns)) {
        begin_first(call);
    } else {
        call_breaker_tell(call, BREAKER_NOTHING, now_ns);
        if (call->next.is_full)
            return false;
        end_soon(call, REASON_LIMITED, LIMITED_S);
    }
    return true;
}

/* The call goes through the bulkhead, where it may have to wait. */
static void enter_queue(struct call *call)
{
    enum reason refused = call_queue_enter(call);

    if (refused == REASON_BREAKER_OPEN)
        end_soon(call, refused, call_breaker_wait_s(call));
    else if (refused != REASON_NONE)
        end_soon(call, refused, LIMITED_S);
    else if (call->queue.is_waiting)
        call_limit_wake(call);
}

static void start(struct call *call)
{
    call_limit_start(call);
    if (call->service->queue.shared == NULL || call->ask->only != NULL)
        call_go(call, call->began_ns);
    else
        enter_queue(call);
}

void call_start(struct call *call, struct upstream *upstream, const struct call_ask *ask,
                const struct exchange_sink *sink, void *cookie)
{
    must(!call->is_running);
    upstream_call_begins(upstream);
    init(call, upstream, ask);
    call->sink = sink;
    call->cookie = cookie;
    if (call->service == NULL)
        end_soon(call, REASON_CONNECT, 0);
    else
        start(call);
}

static void cancel_try(struct call_try *try, bool is_late, int64_t now_ns)
{
    if (is_under_way(try))
        stop(try, is_late && call_limit_was_enough(try, now_ns), true);
}

/* When the user's time is over and the service had enough time to answer, it has failed. */
void call_cancel(struct call *call, enum call_cancel why)
{
    bool is_late = why == CALL_TIME_OVER, is_slow;
    int64_t now_ns;

    if (!call->is_running)
        return;
    now_ns = clock_now_ns();
    call->is_running = false;
    timer_clear(call->upstream->on->timers, &call->timer);
    cancel_try(&call->own, is_late, now_ns);
    cancel_try(call->second, is_late, now_ns);
    is_slow =
        is_late && call->breaker != NULL && now_ns - call->began_ns >= call_limit_enough_ns(call);
    call_breaker_tell(call, is_slow ? BREAKER_FAILED : BREAKER_NOTHING, now_ns);
    call_queue_leave(call);
    call_hedge_free(call);
    upstream_call_ended(call->upstream);
}
