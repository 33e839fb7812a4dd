/* See call_queue.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_breaker.h"
#include "bff/upstream/call_queue.h"

static struct call *call_of(struct bulkhead_waiter *waiter)
{
    return H2O_STRUCT_FROM_MEMBER(struct call, queue.waiter, waiter);
}

static bool may_go(struct bulkhead_waiter *waiter)
{
    return call_has_other(call_of(waiter), clock_now_ns());
}

/* The waiting is over before the first attempt begins, because the attempt sets the call's timer.
 */
static bool go(struct bulkhead_waiter *waiter)
{
    struct call *call = call_of(waiter);
    bool has_gone;

    call->queue.is_waiting = false;
    has_gone = call_go(call, clock_now_ns());
    call->queue.is_waiting = !has_gone;
    call->queue.has_slot = has_gone;
    return has_gone;
}

static const struct bulkhead_user user = {.may_go = may_go, .go = go};

/* The call waits. The waiting may be over before this function returns. */
static bool wait(struct call *call)
{
    struct call_queue *queue = &call->queue;

    queue->waiter = (struct bulkhead_waiter){.user = &user}; /* a call need not be cleared */
    queue->is_waiting = true;
    queue->until_ns = call->began_ns + call->service->settings->bulkhead.wait_ms * CLOCK_MS;
    queue->is_waiting =
        bulkhead_wait(&call->service->queue, &queue->waiter, call->began_ns) && queue->is_waiting;
    return queue->is_waiting || queue->has_slot;
}

enum reason call_queue_enter(struct call *call)
{
    struct call_queue *queue = &call->queue;

    queue->has_slot = bulkhead_enter(&call->service->queue);
    if (queue->has_slot && call_go(call, call->began_ns))
        return REASON_NONE;
    if (!queue->has_slot && call_breaker_is_open(call))
        return REASON_BREAKER_OPEN;
    call_queue_leave(call);
    return wait(call) ? REASON_NONE : REASON_LIMITED;
}

/* A health check has no slot, but its end makes a place at its endpoint. */
void call_queue_leave(struct call *call)
{
    struct call_queue *queue = &call->queue;

    if (call->service == NULL || call->service->queue.shared == NULL)
        return;
    must(!(queue->is_waiting && queue->has_slot));
    if (queue->is_waiting)
        bulkhead_stop_waiting(&call->service->queue, &queue->waiter);
    else if (queue->has_slot)
        bulkhead_leave(&call->service->queue);
    else if (call->ask->only != NULL)
        bulkhead_attempt_ended(&call->service->queue);
    queue->is_waiting = queue->has_slot = false;
}

void call_queue_attempt_ended(struct call *call)
{
    if (call->queue.has_slot)
        bulkhead_attempt_ended(&call->service->queue);
}
