/* See authorizer_call.h. */
#include "bff/base/memory.h"
#include "bff/edge/authorizer_answer.h"
#include "bff/edge/authorizer_call.h"
#include "bff/edge/authorizer_call_question.h"
#include "bff/json/value.h"
#include "bff/upstream/fetch.h"

#define DEPTH_MAX 16

struct call_of {
    h2o_linklist_t link;
    struct authorizer_calls *calls;
    struct verdict_lead *lead;
    struct pool *pool; /* of the texts of the question and of the answer */
    struct authorizer_call_question question;
    struct fetch_ask ask;
    struct fetch fetch;
    struct timer timer;
};

static struct timers *timers_of(const struct call_of *call)
{
    return call->calls->upstream->on->timers;
}

/* The end. */

static void free_call(struct call_of *call)
{
    timer_clear(timers_of(call), &call->timer);
    fetch_release(&call->fetch);
    h2o_linklist_unlink(&call->link);
    call->calls->count--;
    pool_free(call->pool);
    memory_free(call);
}

/* The call is freed before the others hear of its end. */
static void end(struct call_of *call, struct cache_entry *entry, enum reason reason, int status)
{
    struct authorizer_calls *calls = call->calls;
    struct verdict_lead *lead = call->lead;

    free_call(call);
    calls->ended(calls->cookie, &(struct authorizer_call_end){entry != NULL, reason, status});
    if (entry != NULL)
        verdict_tell(lead, entry);
    else
        verdict_fail(lead);
    cache_entry_release(entry);
}

static struct json body_of(const struct fetch *fetch)
{
    if (fetch->reason != REASON_NONE || fetch->value == NULL)
        return (struct json){0};
    return value_json(fetch->value);
}

static void on_fetched(struct fetch *fetch, void *cookie)
{
    struct call_of *call = cookie;
    struct authorizer_answer answer;
    struct cache_entry *entry = NULL;

    if (authorizer_answer_read(call->calls->settings, fetch->status, body_of(fetch), call->pool,
                               &answer) == 0)
        entry = authorizer_answer_entry(call->calls->settings, &answer);
    end(call, entry, fetch->reason, fetch->status);
}

static void on_late(struct timer *timer)
{
    struct call_of *call = H2O_STRUCT_FROM_MEMBER(struct call_of, timer, timer);

    fetch_time_over(&call->fetch);
    end(call, NULL, REASON_TIMEOUT, 0);
}

/* The beginning. */

static struct call_of *call_new(struct authorizer_calls *calls, struct verdict_lead *lead,
                                const struct authorizer_identity *identity,
                                const struct request *request)
{
    struct call_of *call = memory_new(sizeof(*call));

    call->calls = calls;
    call->lead = lead;
    call->pool = pool_new();
    authorizer_call_question_write(calls->settings, identity, request->id, call->pool,
                                   &call->question);
    call->ask = (struct fetch_ask){
        .service = calls->settings->service,
        .method = call->question.method,
        .target = call->question.target,
        .headers = call->question.headers,
        .body = call->question.body,
        .traceparent = pool_text(call->pool, request->traceparent),
        .until_ns = clock_now_ns() + calls->settings->timeout_ms * CLOCK_MS,
        .body_limit = AUTHORIZER_ANSWER_MAX,
        .depth_limit = DEPTH_MAX,
        .takes_failures = true,
        .keep_slices = true,
    };
    h2o_linklist_insert(&calls->under_way, &call->link);
    calls->count++;
    return call;
}

void authorizer_call_start(struct authorizer_calls *calls, struct verdict_lead *lead,
                           const struct authorizer_identity *identity,
                           const struct request *request)
{
    if (calls->count >= AUTHORIZER_CALL_MOST) {
        verdict_fail(lead);
        return;
    }
    struct call_of *call = call_new(calls, lead, identity, request);
    call->timer.fire = on_late;
    timer_set(timers_of(call), &call->timer, call->ask.until_ns);
    fetch_start(&call->fetch, calls->upstream, &call->ask, on_fetched, call);
}

void authorizer_call_init(struct authorizer_calls *calls)
{
    h2o_linklist_init_anchor(&calls->under_way);
}

void authorizer_call_drop_all(struct authorizer_calls *calls)
{
    while (!h2o_linklist_is_empty(&calls->under_way)) {
        struct call_of *call = H2O_STRUCT_FROM_MEMBER(struct call_of, link, calls->under_way.next);
        struct verdict_lead *lead = call->lead;
        free_call(call);
        verdict_drop(lead);
    }
}
