/*
 * See run.h. There is one invariant: each item is in one of three states. It waits for a call that
 * is under way, or it is in the queue of its part (the items from run_part.next on), or it has
 * settled.
 *
 * Every event settles items: a call has ended, or a time limit has passed. Then carry_on starts the
 * parts that can start now. It ends the run when there is nothing more to wait for.
 */
#include <stddef.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/compose/ask.h"
#include "bff/compose/run.h"
#include "bff/compose/run_calls.h"
#include "bff/compose/run_change.h"
#include "bff/compose/run_describe.h"
#include "bff/compose/run_fault.h"
#include "bff/compose/run_settle.h"
#include "bff/compose/run_tell.h"
#include "bff/compose/run_time.h"
#include "bff/compose/run_undo.h"

/* Starting. */

static void on_fetched(struct fetch *fetch, void *cookie);

/* Gives ${item} the call that is like ${asked}, which is made when there is none. Returns false
 * when the part has no room for one more call now. */
static bool take_call(struct run *run, struct run_item *item, const struct ask_call *asked)
{
    size_t bucket = run_calls_bucket(asked);
    struct run_call *same = run_calls_find(run, item, asked, bucket);

    if (same != NULL && same->state == RUN_CALL_ENDED) {
        item->call = same;
        run_settle_by_call(run, item);
    } else if (same != NULL) {
        run_calls_join(same, item);
    } else if (run->parts[item->part].under_way >= run_plan_of(run, item->part)->at_once) {
        return false;
    } else if (run_calls_make(run, item, asked, bucket, on_fetched)) {
        run_settle_by_call(run, item);
    }
    return true;
}

/* Makes the calls of part ${i} that can be made now, in order. If all items of the part have
 * settled, it settles the part. */
static void pump(struct run *run, size_t i)
{
    struct run_part *part = &run->parts[i];

    while (part->next < part->item_count) {
        const struct ask_call *asked = &part->asked[part->next];
        struct run_item *item = &part->items[part->next];
        if (asked->is_nothing)
            run_settle_nothing(run, item);
        else if (asked->is_skipped)
            run_settle_item(run, item, REASON_SKIPPED);
        else if (!take_call(run, item, asked))
            break;
        part->next++;
    }
    if (part->unsettled == 0)
        run_settle_complete(run, i);
}

static void wake_at(struct run *run, int64_t at_ns)
{
    if (!timer_is_set(&run->timer) || at_ns < run->timer.at_ns)
        timer_set(run->request->timers, &run->timer, at_ns);
}

static void make_items(struct run *run, size_t i, const struct bff_ask *ask)
{
    struct run_part *part = &run->parts[i];

    if (run_plan_of(run, i)->row->many > 0)
        part->items = pool_zero(run->request->pool, (ask->count + 1) * sizeof(*part->items));
    part->item_count = ask->count;
    part->unsettled = ask->count;
    part->asked = ask->calls;
    for (size_t item = 0; item < ask->count; item++)
        part->items[item].part = (unsigned)i;
}

static void start_part(struct run *run, size_t i)
{
    struct run_part *part = &run->parts[i];
    const struct plan_part *plan = run_plan_of(run, i);
    struct bff_ask ask;

    part->is_started = true;
    part->started_ns = run->now_ns;
    part->deadline_ns = run->now_ns + (int64_t)plan->timeout_ms * CLOCK_MS;
    if (!run_describe_ask(run, i, &ask))
        return;
    const struct run_fault *fault = run_fault_of_list(run, i);
    if (ask.is_too_many || fault != NULL) {
        run_settle_part(run, i, fault != NULL ? fault->reason : REASON_TOO_LARGE, 0);
        return;
    }
    if (ask.count == 0 && plan->row->many == 0) {
        run_settle_part(run, i, REASON_SKIPPED, 0);
        return;
    }
    make_items(run, i, &ask);
    pump(run, i);
    if (!part->is_settled)
        wake_at(run, part->deadline_ns);
}

/*
 * Asks may_see whether the run goes on, when the part that has the owner has settled. If the part
 * was rejected or does not have the member, the owner is absent.
 */
static void look_at_owner(struct run *run)
{
    const struct run_request *request = run->request;
    const struct run_part *part = &run->parts[request->plan->owner_part];
    struct text owner = {0};

    if (!part->is_settled || run->failed != PLAN_NO_PART)
        return;
    if (part->reason == REASON_NONE)
        owner = json_text(json_path(part->value, request->plan->owner_path), request->pool);
    run->has_seen_owner = true;
    run->is_forbidden = !request->may_see(request->cookie, owner);
}

/* True when part ${i} must not start yet. Until the owner is known, only the part with the owner
 * may start, and the parts for which it waits. */
static bool must_wait(const struct run *run, size_t i)
{
    const struct plan *plan = run->request->plan;

    if (run->has_seen_owner)
        return false;
    for (int at = plan->owner_part; at != PLAN_NO_PART; at = plan->parts[at].after)
        if (at == (int)i)
            return false;
    return true;
}

/* Starts the parts that can start now. One pass is enough, because a part waits only for a part
 * above it. */
static void start_parts(struct run *run)
{
    for (size_t i = 0; i < run->request->plan->part_count && run->failed == PLAN_NO_PART; i++) {
        const struct run_part *before = NULL;
        int after = run_plan_of(run, i)->after;
        if (run->is_forbidden)
            return;
        if (must_wait(run, i))
            continue;
        if (after != PLAN_NO_PART)
            before = &run->parts[after];
        if (run->parts[i].is_started || run->parts[i].is_settled)
            continue;
        if (before != NULL && !before->is_settled)
            continue;
        if (before == NULL || before->reason == REASON_NONE)
            start_part(run, i);
        else
            run_settle_part(run, i, REASON_SKIPPED, 0);
    }
}

/* The end. */

static void stop(struct run *run)
{
    run->is_over = true;
    timer_clear(run->request->timers, &run->timer);
    run_undo_cancel(run);
    run_calls_cancel(run);
}

/* A call that changes data is not cancelled once it is on its way. */
static bool is_complete(const struct run *run)
{
    bool is_decided = run->failed != PLAN_NO_PART || run->is_forbidden;

    return run->unsettled == 0 || (is_decided && run->change.call == NULL);
}

static void finish(struct run *run)
{
    stop(run);
    run->done(run, run->cookie);
}

/* Ends the run, perhaps after the changes have been taken back. Afterwards the caller must not
 * touch the run, because done may have freed it. */
static void end(struct run *run)
{
    timer_clear(run->request->timers, &run->timer);
    run_calls_cancel(run);
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        if (run->parts[i].is_started && !run->parts[i].is_settled)
            run->parts[i].settled_ns = run->now_ns;
    if (run->failed != PLAN_NO_PART)
        run_change_settle_rest(run);
    if (run->failed == PLAN_NO_PART || !run_undo_begin(run, finish))
        finish(run);
}

/* Starts the next parts or ends the run. Afterwards the caller must not touch the run, which may
 * have ended. */
static void carry_on(struct run *run)
{
    if (!run->has_seen_owner)
        look_at_owner(run);
    if (!is_complete(run))
        start_parts(run);
    if (is_complete(run))
        end(run);
    else
        run_tell(run);
}

/* Events. */

/* ${call} has ended: settles the items that wait for it, and what follows from that. */
static void settle_call(struct run *run, struct run_call *call)
{
    run_calls_end(call, RUN_CALL_ENDED);
    for (struct run_item *item = call->waiting; item != NULL; item = item->next) {
        if (item->is_settled)
            continue;
        run_settle_by_call(run, item);
        if (run->parts[item->part].unsettled == 0)
            run_settle_complete(run, item->part);
    }
    if (run->failed == PLAN_NO_PART && !run->parts[call->maker].is_settled)
        pump(run, call->maker);
}

static void on_fetched(struct fetch *fetch, void *cookie)
{
    struct run_call *call = cookie;
    struct run *run = call->run;

    must(!run->is_over && call->state == RUN_CALL_UNDER_WAY);
    run->now_ns = clock_now_ns();
    if (call == run->change.call && !run_change_is_told(call)) {
        run_time_set(run);
        return;
    }
    settle_call(run, call);
    carry_on(run);
}

static void on_timer(struct timer *timer)
{
    struct run *run = (struct run *)(void *)((char *)timer - offsetof(struct run, timer));
    struct run_call *told;

    run->now_ns = clock_now_ns();
    if (!is_complete(run)) {
        run_time_out(run);
        told = run_change_step(run);
        if (told != NULL)
            settle_call(run, told);
        if (!is_complete(run))
            run_time_set(run);
    }
    carry_on(run);
}

/* Begin and end. */

/* Cancels the run when the pool is freed. The run is not in this object but in the pool, because
 * objects that are disposed of after this one may still call run_cancel. */
struct holder {
    struct run *run;
};

static void dispose(void *object)
{
    struct run *run = ((struct holder *)object)->run;

    run_cancel(run);
    run_calls_release(run);
}

/* Allocates the run, its parts, and an item and a call for each part, all in one block. The calls,
 * the largest of these, need not be cleared. */
static struct run *new_run(const struct run_request *request)
{
    struct block {
        struct run run;
        struct run_part parts[];
    } * block;
    size_t count = request->plan->part_count;
    size_t each = sizeof(struct run_part) + sizeof(struct run_item) + sizeof(struct run_call);

    block = pool_take(request->pool, sizeof(*block) + count * each);
    memset(block, 0, sizeof(*block) + count * (each - sizeof(struct run_call)));
    struct run_item *items = (struct run_item *)(void *)(block->parts + count);
    block->run.parts = block->parts;
    block->run.spare = (struct run_call *)(void *)(items + count);
    block->run.spare_count = count;
    for (size_t i = 0; i < count; i++)
        block->parts[i].items = &items[i];
    return &block->run;
}

/* True when the cache had the part with the owner, so that no call will end and start the others.
 */
static bool knows_owner(const struct run *run)
{
    return !run->has_seen_owner && run->parts[run->request->plan->owner_part].is_settled;
}

struct run *run_start(const struct run_request *request, void (*done)(struct run *, void *cookie),
                      void *cookie)
{
    struct run *run = new_run(request);
    struct holder *holder = pool_shared(request->pool, sizeof(*holder), dispose);

    holder->run = run;
    run->request = request;
    run->done = done;
    run->cookie = cookie;
    run->last_call = &run->calls;
    run->failed = PLAN_NO_PART;
    run->unsettled = request->plan->part_count;
    run->has_seen_owner = request->may_see == NULL || request->plan->owner_part == PLAN_NO_PART;
    run->now_ns = clock_now_ns();
    run->deadline_ns = run->now_ns + (int64_t)request->plan->budget_ms * CLOCK_MS;
    if (request->until_ns > 0 && request->until_ns < run->deadline_ns)
        run->deadline_ns = request->until_ns;
    run->timer.fire = on_timer;
    run_settle_unchosen(run);
    for (size_t i = 0; request->is_again && i < request->plan->part_count; i++)
        if (request->plan->parts[i].changes)
            run->parts[i].changed = RUN_CHANGE_UNKNOWN;
    start_parts(run);
    run->untold = run->unsettled;
    wake_at(run, is_complete(run) || knows_owner(run) ? run->now_ns : run->deadline_ns);
    return run;
}

void run_cancel(struct run *run)
{
    if (run->is_over)
        return;
    run->now_ns = clock_now_ns();
    if (run->request->plan->changes) {
        run_change_cut(run);
        run_undo_cut(run);
    }
    stop(run);
}
