/* See span_export.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/base/registry.h"
#include "bff/observe/resource.h"
#include "bff/observe/span_encode.h"
#include "bff/observe/span_export.h"
#include "bff/observe/span_export_answer.h"
#include "bff/observe/span_queue.h"
#include "bff/observe/traces_counts.h"
#include "bff/upstream/outside.h"

#define SPAN_BYTES 1024                  /* of a span in the queue, for the bound of its bytes */
#define ANSWER_BYTES ((size_t)64 * 1024) /* of the collector's answer */
#define TRIES 5
#define SCOPE "bff"

enum state {
    STATE_IDLE,
    STATE_SENDING,
    STATE_WAITING, /* until the batch is sent again */
};

struct span_export {
    struct span_export_parts parts;
    struct traces_counts *counts;
    struct outside *outside;
    struct outside_call call;
    struct timer timer; /* IDLE: the next batch is due; WAITING: the batch is sent again */
    enum state state;
    struct span_queue queue;
    struct text_builder resource; /* the fields of a message Resource */
    struct text_builder spans;    /* only while a batch is made */
    struct text_builder batch;    /* the message that is sent */
    size_t batch_count;           /* spans in it */
    unsigned tries;
    uint32_t retry_after_s; /* what the answer says; 0: nothing */
    bool is_leaving;
    bool is_held;
    bool is_stopped;
    int64_t flush_by_ns; /* 0: span_export_flush was not called */
};

static struct timers *timers_of(const struct span_export *export)
{
    return export->parts.endpoints->on.timers;
}

struct span_export *span_export_new(const struct span_export_parts *parts)
{
    struct span_export *export = memory_new(sizeof(*export));
    const struct tracing_settings *settings = parts->settings;

    export->parts = *parts;
    export->counts = traces_counts_hold(registry_of_process());
    export->queue.most = settings->queue;
    export->queue.most_bytes = settings->queue * SPAN_BYTES;
    resource_put(&export->resource, settings);
    export->outside = outside_new(parts->endpoints, &(struct outside_settings){
                                                        .name = TEXT("tracing"),
                                                        .url = settings->url,
                                                        .trust = settings->trust,
                                                        .timeout_ms = settings->timeout_ms,
                                                        .body_limit = ANSWER_BYTES,
                                                    });
    return export;
}

/* Holding. */

static bool is_empty(const struct span_export *export)
{
    return export->state == STATE_IDLE && export->queue.count == 0;
}

static void hold_if_needed(struct span_export *export)
{
    if (export->is_leaving && !export->is_held && !is_empty(export))
        export->is_held = export->parts.hold(export->parts.cookie);
}

/* It may be the last thing that keeps the export, so nothing follows it. */
static void release_if_done(struct span_export *export)
{
    if (!export->is_held || (!export->is_stopped && !is_empty(export)))
        return;
    export->is_held = false;
    export->parts.release(export->parts.cookie);
}

/* Sending. */

static void send_batch(struct span_export *export);

static void on_timer(struct timer *timer)
{
    send_batch(H2O_STRUCT_FROM_MEMBER(struct span_export, timer, timer));
}

static void send_at(struct span_export *export, int64_t at_ns)
{
    export->timer.fire = on_timer;
    timer_set(timers_of(export), &export->timer, at_ns);
}

/* There is a span in the queue, or there may be one. */
static void plan(struct span_export *export)
{
    const struct tracing_settings *settings = export->parts.settings;
    int64_t now_ns;

    if (export->state != STATE_IDLE || export->queue.count == 0)
        return;
    now_ns = clock_now_ns();
    if (export->queue.count >= settings->batch || export->is_leaving)
        send_at(export, now_ns);
    else if (!timer_is_set(&export->timer))
        send_at(export, now_ns + settings->interval_ms * CLOCK_MS);
}

static void make_batch(struct span_export *export)
{
    export->tries = 0;
    export->spans.len = export->batch.len = 0;
    export->batch_count =
        span_queue_take(&export->queue, &export->spans, export->parts.settings->batch);
    span_encode_request(&export->batch, text_builder_text(&export->resource), TEXT(SCOPE),
                        text_builder_text(&export->spans));
}

static void end_batch(struct span_export *export)
{
    export->state = STATE_IDLE;
    export->batch_count = 0;
    plan(export);
    release_if_done(export);
}

static void on_head(void *cookie, const struct exchange_head *head)
{
    struct span_export *export = cookie;

    export->retry_after_s = span_export_answer_retry_after(head);
}

static bool may_send_again(const struct span_export *export, int status)
{
    return span_export_answer_is_transient(status) && export->tries < TRIES && !export->is_leaving;
}

static void send_again_later(struct span_export *export)
{
    uint32_t wait_s = 1U << (export->tries - 1);

    if (export->retry_after_s > wait_s)
        wait_s = export->retry_after_s;
    export->state = STATE_WAITING;
    send_at(export, clock_now_ns() + wait_s * CLOCK_S);
}

/* The spans have been taken if the head says so, whatever became of the body. */
static void take_answer(struct span_export *export, const struct fetch *fetch)
{
    struct span_export_refusal refusal = {0};

    if (fetch->reason == REASON_NONE && fetch->value != NULL)
        refusal = span_export_answer_read(fetch->value->text);
    if (refusal.spans > export->batch_count)
        refusal.spans = export->batch_count;
    traces_counts_export(export->counts, export->batch_count - refusal.spans);
    if (refusal.spans > 0 || refusal.why.len > 0)
        traces_counts_refuse(refusal.spans, refusal.why);
}

static void on_answered(struct outside_call *call, void *cookie)
{
    struct span_export *export = cookie;
    int status = call->fetch.status;
    bool is_taken = status >= 200 && status < 300;
    char word[SPAN_EXPORT_ANSWER_WORD];

    if (is_taken)
        take_answer(export, &call->fetch);
    struct text why = span_export_answer_word(status, call->fetch.reason, word);
    outside_end(call);
    if (!is_taken && may_send_again(export, status)) {
        send_again_later(export);
        return;
    }
    if (!is_taken)
        traces_counts_drop(export->counts, export->batch_count, why);
    end_batch(export);
}

static void send_batch(struct span_export *export)
{
    const struct tracing_settings *settings = export->parts.settings;

    if (export->state == STATE_IDLE)
        make_batch(export);
    export->state = STATE_SENDING;
    export->tries++;
    export->retry_after_s = 0;
    outside_start(export->outside, &export->call,
                  &(struct outside_ask){.method = TEXT("POST"),
                                        .headers = settings->headers,
                                        .type = TEXT("application/x-protobuf"),
                                        .body = text_builder_text(&export->batch),
                                        .head = on_head,
                                        .head_cookie = export},
                  on_answered, export);
}

void span_export_add(struct span_export *export, const struct span *span, int64_t offset_ns)
{
    if (export->is_stopped || !span_queue_add(&export->queue, span, offset_ns)) {
        traces_counts_drop(export->counts, 1, TEXT("queue_full"));
        return;
    }
    plan(export);
    hold_if_needed(export);
}

/* The end. */

void span_export_leave(struct span_export *export)
{
    if (export->is_leaving)
        return;
    export->is_leaving = true;
    hold_if_needed(export);
    if (export->state == STATE_WAITING)
        send_at(export, clock_now_ns());
    plan(export);
}

bool span_export_flush(struct span_export *export)
{
    int64_t now_ns = clock_now_ns();

    if (export->flush_by_ns == 0)
        export->flush_by_ns = now_ns + SPAN_EXPORT_FLUSH_MS * CLOCK_MS;
    span_export_leave(export);
    return is_empty(export) || now_ns >= export->flush_by_ns;
}

void span_export_stop(struct span_export *export)
{
    if (export->is_stopped)
        return;
    export->is_stopped = true;
    timer_clear(timers_of(export), &export->timer);
    outside_end(&export->call);
    traces_counts_drop(export->counts, export->batch_count + export->queue.count, TEXT("stopped"));
    span_queue_free(&export->queue);
    release_if_done(export);
}

void span_export_free(struct span_export *export)
{
    if (export == NULL)
        return;
    must(export->is_stopped);
    outside_free(export->outside);
    traces_counts_release(export->counts);
    text_builder_free(&export->resource);
    text_builder_free(&export->spans);
    text_builder_free(&export->batch);
    memory_free(export);
}
