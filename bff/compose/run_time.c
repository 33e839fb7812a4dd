/* See run_time.h. */
#include "bff/compose/run_calls.h"
#include "bff/compose/run_change.h"
#include "bff/compose/run_settle.h"
#include "bff/compose/run_time.h"

/* The time of an item is over, and it has left its call. */
static void time_out_item(struct run *run, struct run_item *item)
{
    if (item->call != NULL && item->call->state == RUN_CALL_ENDED) {
        run_settle_by_call(run, item);
        return;
    }
    run_settle_item(run, item, REASON_TIMEOUT);
    if (item->call != NULL)
        item->status = item->call->fetch.status;
}

/* Part ${i} has taken too long. Only its items that have not settled are rejected: so a list part
 * keeps the items that it already has. When a call ends with an old answer of the cache, all items
 * that wait for it get this answer. */
static void time_out(struct run *run, size_t i)
{
    struct run_part *part = &run->parts[i];

    if (run_change_goes_on(run, i))
        return;
    for (size_t at = 0; at < part->item_count; at++)
        if (!part->items[at].is_settled && part->items[at].call != NULL)
            run_calls_leave(part->items[at].call);
    for (size_t at = 0; at < part->item_count; at++)
        if (!part->items[at].is_settled)
            time_out_item(run, &part->items[at]);
    part->next = part->item_count;
    if (part->is_started)
        run_settle_complete(run, i);
    else
        run_settle_part(run, i, REASON_TIMEOUT, 0);
}

void run_time_out(struct run *run)
{
    bool is_all = run->now_ns >= run->deadline_ns;

    for (size_t i = 0; i < run->request->plan->part_count; i++) {
        struct run_part *part = &run->parts[i];
        bool is_due = part->is_started && run->now_ns >= part->deadline_ns;
        if (!part->is_settled && (is_all || is_due))
            time_out(run, i);
    }
}

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

void run_time_set(struct run *run)
{
    int64_t at_ns = run->now_ns < run->deadline_ns ? run->deadline_ns : INT64_MAX;

    for (size_t i = 0; i < run->request->plan->part_count; i++) {
        const struct run_part *part = &run->parts[i];
        if (part->is_started && !part->is_settled)
            at_ns = earlier(at_ns, part->deadline_ns);
    }
    if (run->change.call != NULL)
        at_ns = earlier(at_ns, run->change.at_ns);
    if (at_ns != INT64_MAX)
        timer_set(run->request->timers, &run->timer, at_ns);
}
