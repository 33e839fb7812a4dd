/* See run_fault.h. */
#include <stddef.h>

#include "bff/base/clock.h"
#include "bff/compose/run_calls.h"
#include "bff/compose/run_change.h"
#include "bff/compose/run_fault.h"

/* What the service has sent with an answer that cannot be used. */
#define STATUS_SENT 200

/* A call that waits. It is in the run's pool. */
struct run_late {
    struct timer timer;
    struct run_call *call;
    fetch_done done;
};

const struct run_fault *run_fault_of(const struct run *run, const struct run_item *item)
{
    const struct run_fault *each = NULL;
    int place = (int)(item - run->parts[item->part].items);

    for (const struct run_fault *at = run->request->faults; at != NULL; at = at->next) {
        if (at->part == item->part && at->item == place)
            return at;
        if (at->part == item->part && at->item == RUN_FAULT_EACH)
            each = at;
    }
    return each;
}

const struct run_fault *run_fault_of_list(const struct run *run, size_t i)
{
    for (const struct run_fault *at = run->request->faults; at != NULL; at = at->next)
        if (at->part == i && at->item == RUN_FAULT_WHOLE)
            return at;
    return NULL;
}

/* True when a service has sent what makes the call fail for ${reason}. */
static bool has_answer(enum reason reason)
{
    return reason == REASON_STATUS || reason == REASON_BAD_JSON || reason == REASON_TOO_LARGE ||
           reason == REASON_BAD_HTTP || reason == REASON_UNKNOWN;
}

static int status_of(const struct run_fault *fault)
{
    bool is_unread = fault->reason == REASON_BAD_JSON || fault->reason == REASON_TOO_LARGE;

    return is_unread ? STATUS_SENT : fault->status;
}

/* A breaker or a limit that refuses a call says when to try again. */
static unsigned retry_after_of(enum reason reason)
{
    return reason == REASON_BREAKER_OPEN || reason == REASON_LIMITED ? 1 : 0;
}

static void settle(struct run_call *call)
{
    enum reason reason = call->fault->reason;
    struct fetch_outcome outcome = {
        .reason = reason,
        .status = status_of(call->fault),
        .retry_after_s = retry_after_of(reason),
    };

    fetch_settle(&call->fetch, &call->ask, &outcome);
    call->fetch.has_left = has_answer(reason);
    if (call == call->run->change.call)
        run_change_settle(call);
}

static void on_time(struct timer *timer)
{
    struct run_late *late =
        (struct run_late *)(void *)((char *)timer - offsetof(struct run_late, timer));
    struct run_call *call = late->call;
    fetch_done done = late->done;

    call->late = NULL;
    if (call->fault->kind == RUN_FAULT_SETTLED) {
        settle(call);
        done(&call->fetch, call);
    } else {
        fetch_start(&call->fetch, call->run->request->upstream, &call->ask, done, call);
    }
}

/* The fetch is one that has ended, so it can be released. A change that may be sent again needs its
 * ${done}. */
static void wait(struct run_call *call, fetch_done done)
{
    const struct run_request *request = call->run->request;

    fetch_settle(&call->fetch, &call->ask, &(struct fetch_outcome){.reason = REASON_NONE});
    call->fetch.done = done;
    if (call->fault->kind == RUN_FAULT_HANGS)
        return;
    call->late = pool_zero(request->pool, sizeof(*call->late));
    call->late->call = call;
    call->late->done = done;
    call->late->timer.fire = on_time;
    timer_set(request->timers, &call->late->timer,
              call->run->now_ns + call->fault->delay_ms * CLOCK_MS);
}

bool run_fault_start(struct run_call *call, fetch_done done)
{
    bool is_at_once = call->fault->kind == RUN_FAULT_SETTLED && call->fault->delay_ms == 0;

    if (!is_at_once) {
        wait(call, done);
        return false;
    }
    settle(call);
    call->state = RUN_CALL_ENDED;
    return true;
}

void run_fault_stop(struct run_call *call)
{
    if (call->late == NULL)
        return;
    timer_clear(call->run->request->timers, &call->late->timer);
    call->late = NULL;
}
