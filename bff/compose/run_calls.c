/* See run_calls.h. */
#include "bff/base/hash.h"
#include "bff/compose/run_calls.h"

#define SPARE_CALLS 8 /* allocated at a time, when there are more calls than parts */

size_t run_calls_bucket(const struct ask_call *asked)
{
    return hash_text(asked->target) % RUN_BUCKETS;
}

static bool asks_same(const struct run_call *call, const struct ask_call *asked,
                      const struct breaker *breaker)
{
    return call->state != RUN_CALL_CANCELLED && call->ask.service == asked->service &&
           call->ask.breaker == breaker && text_equal(call->ask.target, asked->target) &&
           text_equal(call->ask.headers, asked->headers);
}

static struct breaker *breaker_of(const struct run *run, const struct run_item *item)
{
    return run->request->plan->parts[item->part].breaker;
}

struct run_call *run_calls_find(const struct run *run, const struct run_item *item,
                                const struct ask_call *asked, size_t bucket)
{
    const struct breaker *breaker = breaker_of(run, item);
    struct run_call *call = run->buckets[bucket];

    while (call != NULL && !asks_same(call, asked, breaker))
        call = call->in_bucket;
    return call;
}

static struct run_call *take(struct run *run)
{
    if (run->spare_count == 0) {
        run->spare = pool_take(run->request->pool, SPARE_CALLS * sizeof(*run->spare));
        run->spare_count = SPARE_CALLS;
    }
    run->spare_count--;
    return run->spare++;
}

static struct text key_for(const struct run_request *request, const struct bff_service *service)
{
    return request->balance_key == NULL ? (struct text){0}
                                        : request->balance_key(request->cookie, service);
}

void run_calls_make(struct run *run, struct run_item *item, const struct ask_call *asked,
                    size_t bucket, fetch_done done)
{
    const struct run_request *request = run->request;
    struct run_call *call = take(run);

    call->run = run;
    call->next = NULL;
    call->state = RUN_CALL_UNDER_WAY;
    call->waiting = NULL;
    call->waiting_count = 0;
    call->in_bucket = run->buckets[bucket];
    run->buckets[bucket] = call;
    *run->last_call = call;
    run->last_call = &call->next;
    call->maker = item->part;
    call->last = &call->waiting;
    call->ask = (struct fetch_ask){
        .service = asked->service,
        .key = key_for(request, asked->service),
        .target = asked->target,
        .headers = asked->headers,
        .traceparent = run->request->traceparent,
        .until_ns = run->deadline_ns,
        .hedge = run->request->plan->parts[item->part].hedge,
        .breaker = breaker_of(run, item),
        .body_limit = request->body_limit,
        .depth_limit = request->depth_limit,
        .keep_slices = request->plan->parts[item->part].keep_slices,
    };
    run_calls_join(call, item);
    run->parts[item->part].under_way++;
    fetch_start(&call->fetch, request->upstream, &call->ask, done, call);
}

void run_calls_join(struct run_call *call, struct run_item *item)
{
    item->call = call;
    *call->last = item;
    call->last = &item->next;
    call->waiting_count++;
}

static void cancel(struct run_call *call, void (*end)(struct fetch *fetch))
{
    end(&call->fetch);
    call->state = RUN_CALL_CANCELLED;
    call->run->parts[call->maker].under_way--;
}

void run_calls_leave(struct run_call *call)
{
    if (--call->waiting_count == 0 && call->state == RUN_CALL_UNDER_WAY)
        cancel(call, fetch_time_over);
}

void run_calls_cancel(struct run *run)
{
    for (struct run_call *call = run->calls; call != NULL; call = call->next)
        if (call->state == RUN_CALL_UNDER_WAY)
            cancel(call, fetch_release);
}

void run_calls_release(struct run *run)
{
    for (struct run_call *call = run->calls; call != NULL; call = call->next)
        fetch_release(&call->fetch);
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        for (size_t item = 0; item < run->parts[i].item_count; item++)
            value_release(run->parts[i].items[item].held);
}
