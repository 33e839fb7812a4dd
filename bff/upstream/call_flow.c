/* The bytes between the user of a call and its attempts: the user slows the answer down, and sends
 * bytes after the request. See call.h. */
#include "bff/upstream/call.h"
#include "bff/upstream/call_limit.h"

void call_pause(struct call *call)
{
    if (!call_try_is_under_way(call->try))
        return;
    attempt_pause(&call->own.attempt);
    if (call->second != NULL)
        attempt_pause(&call->second->attempt);
    timer_clear(call->upstream->on->timers, &call->timer);
}

void call_resume(struct call *call)
{
    if (!attempt_is_paused(&call->try->attempt))
        return;
    attempt_resume(&call->own.attempt);
    if (call->second != NULL)
        attempt_resume(&call->second->attempt);
    if (call->has_head)
        call_limit_expect_more(call->try);
    else
        call_limit_wake(call);
}

void call_write(struct call *call, struct text bytes, void (*written)(void *cookie))
{
    call->written = written;
    attempt_write(&call->try->attempt, bytes);
}

bool call_is_sent(const struct call *call) { return attempt_is_sent(&call->try->attempt); }
