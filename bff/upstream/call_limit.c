/* See call_limit.h. */
#include "bff/base/clock.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_limit.h"

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

/* The client's own deadline may be earlier. */
static void set_total(struct call *call, int64_t total_ns)
{
    int64_t by_ns = call->ask->head_by_ns;

    call->total_ns = by_ns > 0 ? earlier(total_ns, by_ns) : total_ns;
}

/* A route's own limit for the first byte may be longer than total_ms of the service. */
static int64_t whole_ns(const struct call *call)
{
    uint32_t all_ms = call->service->settings->total_ms, own_ms = call->ask->first_byte_ms;

    return (own_ms > all_ms ? own_ms : all_ms) * CLOCK_MS;
}

void call_limit_start(struct call *call) { set_total(call, call->began_ns + whole_ns(call)); }

bool call_limit_is_postponed(struct call *call, int64_t now_ns)
{
    int64_t moved_ns;
    bool is_uploading;

    if (now_ns < call->total_ns && now_ns < call->try->until_ns)
        return false;
    is_uploading = call_try_is_uploading(call->try, now_ns, &moved_ns);
    if (call->total_ns != INT64_MAX)
        set_total(call, call->total_ns + moved_ns);
    return is_uploading && now_ns < call->total_ns;
}

bool call_limit_has_time(const struct call *call, int64_t at_ns)
{
    int64_t until_ns = call->ask->until_ns > 0 ? call->ask->until_ns : INT64_MAX;
    int64_t left_ns = earlier(until_ns, call->total_ns) - at_ns;

    return left_ns > 0 && left_ns >= call->service->settings->min_time_ms * CLOCK_MS;
}

static int64_t next_ns(const struct call *call)
{
    int64_t at_ns = earlier(call->total_ns, call_try_limit_ns(&call->own));

    if (call->queue.is_waiting)
        return earlier(call->queue.until_ns, call->total_ns);
    if (call->second != NULL)
        at_ns = earlier(at_ns, call_try_limit_ns(call->second));
    return earlier(at_ns, earlier(call->retry_ns, call->hedge_ns));
}

void call_limit_wake(struct call *call)
{
    struct timers *timers = call->upstream->on->timers;
    int64_t at_ns = next_ns(call);
    bool is_never = at_ns == INT64_MAX || attempt_is_paused(&call->try->attempt);

    if (is_never || (call->ask->until_ns != 0 && at_ns >= call->ask->until_ns))
        timer_clear(timers, &call->timer);
    else if (!timer_is_set(&call->timer) || call->timer.at_ns != at_ns)
        timer_set(timers, &call->timer, at_ns);
}

void call_limit_expect_more(struct call_try *try)
{
    struct call *call = try->call;

    if (attempt_is_paused(&try->attempt))
        return;
    call_try_expect_more(try, call->ask->idle_ms);
    call_limit_wake(call);
}

void call_limit_upload_moved(struct call_try *try)
{
    if (try->call->has_head)
        call_limit_expect_more(try);
}

int64_t call_limit_enough_ns(const struct call *call)
{
    return earlier(call->service->settings->min_wait_ms * CLOCK_MS, whole_ns(call));
}

bool call_limit_was_enough(const struct call_try *try, int64_t now_ns)
{
    return now_ns - try->attempt.started_ns >= call_limit_enough_ns(try->call);
}
