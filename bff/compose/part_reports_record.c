/* The calls of a run, for the recorder. See part_reports.h. */
#include "bff/compose/part_reports.h"
#include "bff/compose/run_calls.h"
#include "bff/observe/call_record.h"

#define NOBODY SIZE_MAX

/* Numbers the calls, in the order in which they were made. Returns how many there are. */
static unsigned number_calls(const struct run *run)
{
    unsigned count = 0;

    for (struct run_call *call = run->calls; call != NULL; call = call->next) {
        call->place = count++;
        call->teller = NOBODY;
    }
    return count;
}

/* A call is cancelled, too, when the time of its parts is over. */
static enum reason reason_of(const struct run_call *call)
{
    if (call->state == RUN_CALL_ENDED)
        return call->fetch.reason;
    for (const struct run_item *item = call->waiting; item != NULL; item = item->next)
        if (item->is_settled && item->reason == REASON_TIMEOUT)
            return REASON_TIMEOUT;
    return REASON_NONE;
}

static struct text keep(struct text text, struct pool *pool, bool borrows)
{
    return borrows || text.at == NULL ? text : pool_text(pool, text);
}

static void record(struct run_call *call, struct pool *pool, bool borrows, struct call_record *out)
{
    const struct fetch *fetch = &call->fetch;

    *out = (struct call_record){
        .service = text_of(call->ask.service->name),
        .method = call->ask.method.at == NULL ? TEXT("GET") : keep(call->ask.method, pool, borrows),
        .target = keep(call->ask.target, pool, borrows),
        .attempts = attempts_report_make(&fetch->call, pool),
        .reason = reason_of(call),
        .status = fetch->status,
        .is_cancelled = call->state != RUN_CALL_ENDED && reason_of(call) == REASON_NONE,
        .times = fetch->call.times,
        .value = run_calls_take(call),
    };
}

/* Names the calls of part ${i}. Items of a list may share one. */
static void name_calls(const struct run *run, size_t i, struct pool *pool, struct part_report *out)
{
    const struct run_part *part = &run->parts[i];
    unsigned *places = pool_take(pool, (part->item_count + 1) * sizeof(*places));

    out->places = places;
    for (size_t at = 0; at < part->item_count; at++) {
        struct run_call *call = part->items[at].call;
        if (call == NULL || call->teller == i)
            continue;
        call->teller = i;
        places[out->place_count++] = call->place;
    }
}

void part_reports_record(const struct run *run, struct request *request, struct part_report *parts)
{
    size_t count = number_calls(run);
    /* The texts of the run are still there when the request is recorded, unless its memory ends
     * earlier (untaken.h), or they are in memory of the page (page_errand.h). */
    bool borrows = !request_is_http2(request) && run->request->pool == request->pool;

    if (count == 0)
        return;
    request->calls = pool_take(request->pool, count * sizeof(*request->calls));
    request->call_count = count;
    for (struct run_call *call = run->calls; call != NULL; call = call->next)
        record(call, request->pool, borrows, &request->calls[call->place]);
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        name_calls(run, i, request->pool, &parts[i]);
}
