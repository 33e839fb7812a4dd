/* See run_calls.h. */
#include "bff/base/hash.h"
#include "bff/base/traceparent.h"
#include "bff/compose/run_calls.h"
#include "bff/compose/run_change.h"
#include "bff/compose/run_fault.h"

#define HASHED_MAX 128 /* bytes of a target */
#define SPARE_CALLS 8  /* allocated at a time, when there are more calls than parts */

/* The target of a batch is long, and it is hashed once for each item. So only its beginning is
 * hashed. */
size_t run_calls_bucket(const struct ask_call *asked)
{
    struct text target = asked->target;

    if (target.len > HASHED_MAX)
        target.len = HASHED_MAX;
    return (hash_text(target) + asked->target.len) % RUN_BUCKETS;
}

/* A part that is cached does not share its call with one that wants a new answer. */
static bool is_cached_alike(const struct plan_part *a, const struct plan_part *b)
{
    return a->cache.is_on == b->cache.is_on && a->cache.is_shared == b->cache.is_shared;
}

/* A call that changes data has one maker, and no other item has it. */
static bool asks_same(const struct run_call *call, const struct ask_call *asked,
                      const struct plan_part *plan, const struct run_fault *fault)
{
    bool is_same_batch = call->ask.target.at == asked->target.at;

    return call->state != RUN_CALL_CANCELLED && call->ask.method.at == NULL &&
           asked->method.at == NULL && call->ask.service == asked->service &&
           call->ask.breaker == plan->breaker && call->fault == fault &&
           is_cached_alike(run_plan_of(call->run, call->maker), plan) &&
           (is_same_batch || text_equal(call->ask.target, asked->target)) &&
           text_equal(call->ask.headers, asked->headers);
}

static const struct run_fault *fault_of(const struct run *run, const struct run_item *item)
{
    return run->request->faults == NULL ? NULL : run_fault_of(run, item);
}

struct run_call *run_calls_find(const struct run *run, const struct run_item *item,
                                const struct ask_call *asked, size_t bucket)
{
    const struct plan_part *plan = run_plan_of(run, item->part);
    const struct run_fault *fault = fault_of(run, item);
    struct run_call *call = run->buckets[bucket];

    while (call != NULL && !asks_same(call, asked, plan, fault))
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

static struct text lines_for(const struct run_request *request, const struct bff_service *service)
{
    return request->caller_lines == NULL ? (struct text){0}
                                         : request->caller_lines(request->cookie, service);
}

/* A call belongs to the span of the part that makes it. */
static struct text trace_for(const struct run_request *request, unsigned part)
{
    char *own;

    if (!request->traces_parts)
        return request->traceparent;
    own = pool_take(request->pool, TRACEPARENT_LEN);
    traceparent_part(request->traceparent, part + 1, own);
    return (struct text){own, TRACEPARENT_LEN};
}

/* Adds a call for ${item} to the run. */
static struct run_call *add(struct run *run, struct run_item *item, size_t bucket)
{
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
    call->cached = NULL;
    call->batch = NULL;
    call->kept = NULL;
    call->fault = fault_of(run, item);
    call->late = NULL;
    call->taken = NULL;
    run_calls_join(call, item);
    return call;
}

/* Starts a call that the cache may answer. Returns true when it has. */
static bool start_cached(struct run_call *call, const struct plan_part *plan, fetch_done done)
{
    const struct run_request *request = call->run->request;
    struct cache_fetch_with with = {
        .flights = request->flights,
        .upstream = request->upstream,
        .rule = &plan->cache,
        .pool = request->pool,
    };

    call->cached = pool_take(request->pool, sizeof(*call->cached));
    if (!cache_fetch_start(call->cached, &with, &call->fetch, &call->ask, done, call))
        return false;
    call->state = RUN_CALL_ENDED;
    return true;
}

static void on_head(void *cookie, const struct exchange_head *head)
{
    part_headers_keep(cookie, head);
}

/* Another part may have the same call, so it keeps the fields of all parts. */
static void keep_headers(struct run_call *call)
{
    const struct run_request *request = call->run->request;

    if (request->plan->headers.count == 0)
        return;
    call->kept = pool_take(request->pool, sizeof(*call->kept));
    call->kept->pool = request->pool;
    call->kept->names = &request->plan->headers;
    call->kept->count = 0;
    call->ask.head = on_head;
    call->ask.head_cookie = call->kept;
}

void run_calls_describe(struct run *run, unsigned part, const struct ask_call *asked,
                        struct fetch_ask *out)
{
    const struct run_request *request = run->request;
    const struct plan_part *plan = run_plan_of(run, part);
    bool changes = asked->method.at != NULL;

    *out = (struct fetch_ask){
        .service = asked->service,
        .key = key_for(request, asked->service),
        .method = asked->method,
        .target = asked->target,
        .headers = asked->headers,
        .body = asked->body,
        .at_most_once = changes,
        .caller = lines_for(request, asked->service),
        .caller_key = request->caller_key,
        .traceparent = trace_for(request, part),
        .until_ns = run->deadline_ns,
        .hedge = changes ? NULL : plan->hedge,
        .breaker = plan->breaker,
        .body_limit = request->body_limit,
        .depth_limit = request->depth_limit,
        .keep_slices = plan->keep_slices || asked->batch != NULL,
    };
}

/* Prepares a call that the cache does not answer. */
static void prepare(struct run_call *call)
{
    keep_headers(call);
    if (call->ask.method.at == NULL)
        return;
    call->ask.headers =
        run_change_headers(call->run->request, call->ask.headers,
                           run_plan_of(call->run, call->maker)->name, false, &call->change_key);
    run_change_begin(call);
}

/* Returns true when the call has ended. */
static bool start(struct run_call *call, fetch_done done)
{
    const struct run_request *request = call->run->request;
    const struct plan_part *plan = run_plan_of(call->run, call->maker);
    bool changes = call->ask.method.at != NULL;

    if (!changes && call->fault == NULL && plan->cache.is_on && request->flights != NULL)
        return start_cached(call, plan, done);
    prepare(call);
    if (call->fault != NULL)
        return run_fault_start(call, done);
    fetch_start(&call->fetch, request->upstream, &call->ask, done, call);
    return false;
}

bool run_calls_make(struct run *run, struct run_item *item, const struct ask_call *asked,
                    size_t bucket, fetch_done done)
{
    struct run_call *call = add(run, item, bucket);

    run_calls_describe(run, item->part, asked, &call->ask);
    if (start(call, done))
        return true;
    run->parts[item->part].under_way++;
    return false;
}

void run_calls_join(struct run_call *call, struct run_item *item)
{
    item->call = call;
    *call->last = item;
    call->last = &item->next;
    call->waiting_count++;
}

void run_calls_end(struct run_call *call, enum run_call_state state)
{
    call->state = state;
    call->run->parts[call->maker].under_way--;
}

void run_calls_leave(struct run_call *call)
{
    bool has_old = false;

    if (--call->waiting_count > 0 || call->state != RUN_CALL_UNDER_WAY)
        return;
    run_fault_stop(call);
    if (call->cached != NULL)
        has_old = cache_fetch_time_over(call->cached);
    else
        fetch_time_over(&call->fetch);
    run_calls_end(call, has_old ? RUN_CALL_ENDED : RUN_CALL_CANCELLED);
}

/* The answer is not needed any more. */
static void cancel(struct run_call *call)
{
    run_fault_stop(call);
    if (call->cached != NULL)
        cache_fetch_release(call->cached);
    fetch_release(&call->fetch);
    run_calls_end(call, RUN_CALL_CANCELLED);
}

void run_calls_cancel(struct run *run)
{
    for (struct run_call *call = run->calls; call != NULL; call = call->next)
        if (call->state == RUN_CALL_UNDER_WAY)
            cancel(call);
}

void run_calls_release(struct run *run)
{
    for (struct run_call *call = run->calls; call != NULL; call = call->next) {
        if (run->request->is_recorded)
            call->taken = run_calls_take(call);
        fetch_release(&call->fetch);
    }
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        for (size_t item = 0; item < run->parts[i].item_count; item++)
            value_release(run->parts[i].items[item].held);
}

struct value *run_calls_take(struct run_call *call)
{
    struct value *value = call->taken;

    call->taken = NULL;
    if (value == NULL && call->state == RUN_CALL_ENDED && call->fetch.value != NULL)
        value = value_hold(call->fetch.value);
    return value;
}

bool run_calls_have_changed(const struct run *run)
{
    for (const struct run_call *call = run->calls; call != NULL; call = call->next)
        if (call->ask.method.at != NULL &&
            (call->state == RUN_CALL_UNDER_WAY || call->fetch.has_left ||
             run->parts[call->maker].changed != RUN_UNCHANGED))
            return true;
    return false;
}
