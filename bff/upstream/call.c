/* See call.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_breaker.h"
#include "bff/upstream/call_retry.h"

#define LIMITED_S 1 /* when a call that was limited may succeed, in seconds */

/* The time. */

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

/* Sets the limit for all attempts, which the client's own deadline may make earlier. */
static void set_total(struct call *call, int64_t total_ns)
{
    int64_t by_ns = call->ask->head_by_ns;

    call->total_ns = by_ns > 0 ? earlier(total_ns, by_ns) : total_ns;
}

/* True when an attempt that begins at ${now_ns} has at least min_time_ms. */
static bool has_time(const struct call *call, int64_t now_ns)
{
    int64_t until_ns = call->ask->until_ns > 0 ? call->ask->until_ns : INT64_MAX;
    int64_t left_ns = earlier(until_ns, call->total_ns) - now_ns;

    return left_ns > 0 && left_ns >= call->service->settings->min_time_ms * CLOCK_MS;
}

/* Sets the timer to the next limit, except when the user's own limit (call_ask.until_ns) comes
 * earlier. */
static void wake(struct call *call)
{
    struct timers *timers = call->upstream->on->timers;
    int64_t at_ns = earlier(call->total_ns, call->try->until_ns);
    bool is_never = at_ns == INT64_MAX;

    if (is_never || (call->ask->until_ns != 0 && at_ns >= call->ask->until_ns))
        timer_clear(timers, &call->timer);
    else if (!timer_is_set(&call->timer) || call->timer.at_ns != at_ns)
        timer_set(timers, &call->timer, at_ns);
}

/* The same for a call that waits for its first attempt. */
static void wake_waiting(struct call *call)
{
    int64_t at_ns = earlier(call->queue.until_ns, call->total_ns);

    if (call->ask->until_ns == 0 || at_ns < call->ask->until_ns)
        timer_set(call->upstream->on->timers, &call->timer, at_ns);
}

/* Sets the timer for the rest of the answer. The idle limit begins again, except while the user has
 * paused the call. */
static void expect_more(struct call *call)
{
    uint32_t idle_ms = call->ask->idle_ms;

    if (attempt_is_paused(&call->try->attempt))
        return;
    call->try->until_ns = idle_ms > 0 ? clock_now_ns() + idle_ms * CLOCK_MS : INT64_MAX;
    wake(call);
}

/* Endpoints. */

static struct balance_question question(const struct call *call, int64_t now_ns)
{
    return (struct balance_question){
        .key = call->ask->key, .except = call->asked, .now_ns = now_ns};
}

bool call_has_other(const struct call *call, int64_t now_ns)
{
    const struct balance_question other = question(call, now_ns);

    return call->ask->only == NULL && balance_has(&call->service->balance, &other);
}

/* Chooses the endpoint of ${try}. Returns false when none can be asked, and in ${*is_full} whether
 * this is because endpoints are full. */
static bool choose(struct call *call, struct call_try *try, int64_t now_ns, bool *is_full)
{
    const struct balance_question any = question(call, now_ns);

    try->is_counted = try->is_trial = false;
    if (call->ask->only != NULL) {
        try->endpoint = call->ask->only;
    } else {
        struct balance_choice choice = balance_pick(&call->service->balance, &any);
        *is_full = choice.is_full;
        if (choice.member == NULL)
            return false;
        try->endpoint = choice.member->endpoint;
        try->is_counted = choice.is_counted;
        try->is_trial = choice.is_trial;
        call->asked |= (uint64_t)1 << choice.member->place;
    }
    call->endpoint = try->endpoint;
    return true;
}

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
    timer_clear(upstream->on->timers, &call->timer);
    call_queue_leave(call);
    call->sink->end(call->cookie, reason);
    upstream_call_ended(upstream);
}

/* Attempts. */

static void begin(struct call *call, bool is_fresh, int64_t now_ns)
{
    call_try_begin(call->try, is_fresh, now_ns);
    wake(call);
}

/* Decides what follows an attempt that has ended. */
static void carry_on(struct call *call)
{
    struct call_report over;
    enum call_next next = CALL_END;
    bool is_full;

    call_try_report(call->try, false, &over);
    if (has_time(call, over.ended_ns) && !call->has_head && call->ask->only == NULL)
        next = call_retry_next(call, &over);
    if (next == CALL_END ||
        (next == CALL_OTHER && !choose(call, call->try, over.ended_ns, &is_full))) {
        call_breaker_tell(call, outcome(over.reason, over.status), over.ended_ns);
        end(call, over.reason);
        return;
    }
    if (call->queue.has_slot)
        bulkhead_attempt_ended(&call->service->queue);
    call->retries++;
    call->try->number++;
    call->try->is_trial = call->try->is_trial && next == CALL_OTHER;
    begin(call, next == CALL_AGAIN, clock_now_ns());
}

static void on_opened(struct call_try *try) { wake(try->call); }

/* The head of an answer without a limit for the whole says how the call has ended: its body may
 * last for hours. */
static int on_head(struct call_try *try, const struct exchange_head *head, enum reason *why)
{
    struct call *call = try->call;

    if (!call_retry_accepts(call, head)) {
        *why = REASON_STATUS;
        return -1;
    }
    call->has_head = true;
    if (call->ask->idle_ms > 0) {
        call->total_ns = INT64_MAX;
        call_breaker_tell(call, outcome(REASON_NONE, head->status), try->attempt.first_byte_ns);
    }
    return call->sink->head(call->cookie, head, why);
}

static void on_received(struct call_try *try)
{
    struct call *call = try->call;

    expect_more(call);
    if (call->sink->flush != NULL)
        call->sink->flush(call->cookie);
}

static void on_written(struct call_try *try)
{
    struct call *call = try->call;

    expect_more(call);
    call->written(call->cookie);
}

static void on_ended(struct call_try *try) { carry_on(try->call); }

static const struct call_try_user try_user = {
    .opened = on_opened,
    .head = on_head,
    .received = on_received,
    .written = on_written,
    .ended = on_ended,
};

/* The call has waited too long for a slot. */
static void end_waiting(struct call *call)
{
    bool is_over = clock_now_ns() >= call->total_ns;

    call->retry_after_s = LIMITED_S;
    end(call, is_over ? REASON_TIMEOUT : REASON_LIMITED);
}

/* A time limit has been reached. A long body that the service is still taking postpones the limits
 * of the attempt and of the call. */
static void time_out(struct call *call)
{
    int64_t now_ns = clock_now_ns(), moved_ns;
    bool is_uploading = call_try_is_uploading(call->try, now_ns, &moved_ns);

    set_total(call, call->total_ns == INT64_MAX ? INT64_MAX : call->total_ns + moved_ns);
    if (is_uploading && now_ns < call->total_ns) {
        wake(call);
        return;
    }
    call_try_stop(call->try, REASON_TIMEOUT);
    carry_on(call);
}

/* Either a time limit has been reached, or there is no attempt, because the call failed before its
 * first one or has waited too long for it. Then the call ends here. */
static void on_timer(struct timer *timer)
{
    struct call *call = H2O_STRUCT_FROM_MEMBER(struct call, timer, timer);

    if (call->queue.is_waiting) {
        end_waiting(call);
    } else if (call->early != REASON_NONE) {
        end(call, call->early);
    } else {
        time_out(call);
    }
}

/* The call. */

static void end_soon(struct call *call, enum reason reason, unsigned retry_after_s)
{
    call->early = reason;
    call->retry_after_s = retry_after_s;
    timer_set(call->upstream->on->timers, &call->timer, call->began_ns);
}

/* Sets each member on its own, because the attempt, the largest member, need not be cleared. */
static void init(struct call *call, struct upstream *upstream, const struct call_ask *ask)
{
    call->ask = ask;
    call->retries = 0;
    call->is_hedged = false;
    call->retry_after_s = 0;
    call->upstream = upstream;
    call->service = upstream_service(upstream, ask->service);
    call->endpoint = NULL;
    call->written = NULL;
    call->timer = (struct timer){.fire = on_timer};
    call->began_ns = clock_now_ns();
    call->total_ns = INT64_MAX;
    call->early = REASON_NONE;
    call->is_running = true;
    call->has_head = false;
    call->queue.has_slot = call->queue.is_waiting = false;
    call->breaker = NULL;
    call->asked = 0;
    call->try = &call->own;
    call->own.call = call;
    call->own.user = &try_user;
    call->own.is_hedge = false;
    call->own.number = 0;
    call->own.until_ns = INT64_MAX;
    call->own.attempt.connection = NULL;
}

/* A route's own limit for the first byte may be longer than the service's limit for the whole. */
static uint32_t total_ms(const struct call *call)
{
    uint32_t all_ms = call->service->settings->total_ms, own_ms = call->ask->first_byte_ms;

    return own_ms > all_ms ? own_ms : all_ms;
}

bool call_go(struct call *call, int64_t now_ns)
{
    bool is_full = false;

    call->began_ns = now_ns;
    if (!has_time(call, now_ns)) {
        end_soon(call, REASON_TIMEOUT, 0);
    } else if (!call_breaker_ask(call)) {
        end_soon(call, REASON_BREAKER_OPEN, call_breaker_wait_s(call));
    } else if (choose(call, &call->own, now_ns, &is_full)) {
        begin(call, false, now_ns);
    } else {
        call_breaker_tell(call, BREAKER_NOTHING, now_ns);
        if (is_full)
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
        wake_waiting(call);
}

static void start(struct call *call)
{
    set_total(call, call->began_ns + total_ms(call) * CLOCK_MS);
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

void call_pause(struct call *call)
{
    if (!call_try_is_under_way(call->try))
        return;
    attempt_pause(&call->try->attempt);
    timer_clear(call->upstream->on->timers, &call->timer);
}

void call_resume(struct call *call)
{
    if (!attempt_is_paused(&call->try->attempt))
        return;
    attempt_resume(&call->try->attempt);
    expect_more(call);
}

void call_write(struct call *call, struct text bytes, void (*written)(void *cookie))
{
    call->written = written;
    attempt_write(&call->try->attempt, bytes);
}

bool call_is_sent(const struct call *call) { return attempt_is_sent(&call->try->attempt); }

/* When the user's time is over and the service had enough time to answer, it has failed. */
void call_cancel(struct call *call, enum call_cancel why)
{
    enum breaker_outcome said = BREAKER_NOTHING;
    struct call_report over;
    int64_t now_ns;

    if (!call->is_running)
        return;
    now_ns = clock_now_ns();
    call->is_running = false;
    timer_clear(call->upstream->on->timers, &call->timer);
    if (call_try_is_under_way(call->try)) {
        int64_t enough_ns = call->service->settings->min_wait_ms * CLOCK_MS;
        bool is_late = why == CALL_TIME_OVER;
        bool is_slow = is_late && now_ns - call->try->attempt.started_ns >= enough_ns;
        call_try_stop(call->try, is_slow ? REASON_TIMEOUT : REASON_NONE);
        call_try_report(call->try, true, &over);
        if (is_late && now_ns - call->began_ns >= enough_ns)
            said = BREAKER_FAILED;
    }
    call_breaker_tell(call, said, now_ns);
    call_queue_leave(call);
    upstream_call_ended(call->upstream);
}
