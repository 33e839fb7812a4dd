/*
 * See parts_log.h. A list part is told by one item: the first that was rejected, as in the answer's
 * headers, else the first.
 */
#include "bff/compose/answer_headers.h"
#include "bff/compose/parts_log.h"
#include "bff/compose/run.h"
#include "bff/compose/run_calls.h"

static struct text outcome(const struct run *run, size_t i)
{
    int status;
    enum reason reason = answer_reason(run, i, &status);

    if (!run->parts[i].is_settled)
        return TEXT("cancelled");
    return reason == REASON_NONE ? TEXT("ok") : text_of(reason_name(reason));
}

static const struct run_item *telling_item(const struct run_part *part)
{
    for (size_t i = 0; i < part->item_count; i++)
        if (part->items[i].reason != REASON_NONE)
            return &part->items[i];
    return part->item_count == 0 ? NULL : &part->items[0];
}

/* Calls that were made for another part too are that one's. */
static int64_t count_calls(const struct run *run, size_t i)
{
    int64_t count = 0;

    for (const struct run_call *call = run->calls; call != NULL; call = call->next)
        count += call->maker == i;
    return count;
}

/* A part that was cancelled did not settle: then its time is up to the end of the run. */
static int64_t took_ns(const struct run *run, const struct run_part *part)
{
    if (!part->is_started)
        return 0;
    return (part->settled_ns != 0 ? part->settled_ns : run->now_ns) - part->started_ns;
}

static void put_call(struct log_line *line, const struct run_item *item)
{
    const struct call *call = &item->call->fetch.call;
    int status = item->status != 0 ? item->status : item->call->fetch.status;

    if (call->endpoint != NULL) {
        log_line_raw(line, TEXT(",\"endpoint\":"));
        log_line_string(line, text_of(call->endpoint->at->authority));
    }
    log_line_raw(line, TEXT(",\"retries\":"));
    log_line_number(line, call->retries);
    if (status == 0)
        return;
    log_line_raw(line, TEXT(",\"status\":"));
    log_line_number(line, status);
}

static void put_part(struct log_line *line, const struct run *run, size_t i)
{
    const struct run_part *part = &run->parts[i];
    const struct run_item *item = telling_item(part);

    log_line_raw(line, TEXT("{\"outcome\":\""));
    log_line_raw(line, outcome(run, i));
    log_line_raw(line, TEXT("\",\"ms\":"));
    log_line_ms(line, took_ns(run, part), 1);
    if (run->request->plan->parts[i].row->many > 0) {
        log_line_raw(line, TEXT(",\"calls\":"));
        log_line_number(line, count_calls(run, i));
    }
    if (item != NULL && item->call != NULL)
        put_call(line, item);
    log_line_raw(line, TEXT("}"));
}

void parts_log(struct log_line *line, const void *of_run)
{
    const struct run *run = of_run;

    for (size_t i = 0; i < run->request->plan->part_count; i++) {
        log_line_raw(line, i == 0 ? TEXT("{") : TEXT(","));
        log_line_string(line, run->request->plan->parts[i].name);
        log_line_raw(line, TEXT(":"));
        put_part(line, run, i);
    }
    log_line_raw(line, TEXT("}"));
}
