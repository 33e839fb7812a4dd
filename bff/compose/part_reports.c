/* See part_reports.h. */
#include "bff/compose/answer_cache.h"
#include "bff/compose/answer_headers.h"
#include "bff/compose/part_reports.h"
#include "bff/compose/run_calls.h"

/* Returns the item that the report of a list part describes. It is the first rejected item, as in
 * the headers of the answer, or the first item when none was rejected. */
static const struct run_item *telling_item(const struct run_part *part)
{
    for (size_t i = 0; i < part->item_count; i++)
        if (part->items[i].reason != REASON_NONE)
            return &part->items[i];
    return part->item_count == 0 ? NULL : &part->items[0];
}

/* Returns the number of calls that part ${i} made. A call for which two parts wait counts for the
 * part that made it. */
static size_t count_calls(const struct run *run, size_t i)
{
    size_t count = 0;

    for (const struct run_call *call = run->calls; call != NULL; call = call->next)
        count += call->maker == i;
    return count;
}

/* Returns how long the part took. A part that was cancelled did not settle: its time ends with the
 * run. */
static int64_t took_ns(const struct run *run, const struct run_part *part)
{
    if (!part->is_started)
        return 0;
    return (part->settled_ns != 0 ? part->settled_ns : run->now_ns) - part->started_ns;
}

static void report_call(const struct run_item *item, struct pool *pool, struct part_report *out)
{
    const struct fetch *fetch = &item->call->fetch;

    out->has_call = true;
    out->service = text_of(fetch->call_ask.service->name);
    out->attempts = attempts_report_make(&fetch->call, pool);
    out->status = item->status != 0 ? item->status : fetch->status;
}

static void report_part(const struct run *run, size_t i, struct pool *pool, struct part_report *out)
{
    const struct run_part *part = &run->parts[i];
    const struct plan_part *plan = &run->request->plan->parts[i];
    const struct run_item *item = telling_item(part);
    int status;

    *out = (struct part_report){
        .name = plan->name,
        .reason = answer_reason(run, i, &status),
        .is_cancelled = !part->is_settled,
        .is_unchosen = !choice_calls(run->request->choice, i),
        .is_list = plan->row->many > 0,
        .started_ns = part->is_started ? part->started_ns : 0,
        .took_ns = took_ns(run, part),
    };
    if (run->request->plan->is_cached)
        out->cache = answer_cache_word(answer_cache_of(run, i));
    if (out->is_list)
        out->calls = count_calls(run, i);
    if (item != NULL && item->call != NULL)
        report_call(item, pool, out);
}

void part_reports_make(const struct run *run, struct pool *pool, struct part_report *out)
{
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        report_part(run, i, pool, &out[i]);
}
