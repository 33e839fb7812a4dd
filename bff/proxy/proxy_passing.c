/* See proxy_passing.h. */
#include "bff/base/memory.h"
#include "bff/observe/call_record.h"
#include "bff/proxy/proxy_answer.h"
#include "bff/proxy/proxy_passing.h"
#include "bff/proxy/proxy_request.h"
#include "bff/proxy/proxy_transform.h"

struct proxy_passing *proxy_passing_new(struct request *request, const struct proxy_ask *ask)
{
    struct proxy_passing *passing = memory_new(sizeof(*passing));

    passing->request = request;
    passing->settings = worker_settings_hold(request->settings);
    passing->ask = *ask;
    passing->report =
        (struct route_report){.service = text_of(ask->route->service->name), .is_cancelled = true};
    return passing;
}

void proxy_passing_free(struct proxy_passing *passing)
{
    call_cancel(&passing->call, CALL_NOT_NEEDED);
    proxy_upload_end(&passing->upload);
    proxy_upload_spool_free(passing->spool);
    reply_stream_free(&passing->stream);
    tunnel_free(&passing->tunnel);
    if (passing->errand.worker != NULL)
        timer_clear(worker_timers(passing->errand.worker), &passing->limit);
    errand_end(&passing->errand);
    if (passing->background != NULL)
        cache_background_end(passing->background);
    if (passing->ahead_bytes > 0)
        passing->ask.cache->ahead_bytes -= passing->ahead_bytes;
    proxy_fill_free(passing->fill);
    pool_free(passing->texts);
    worker_settings_release(passing->settings);
    memory_free(passing);
}

bool proxy_passing_goes_on(const struct proxy_passing *passing)
{
    if (passing->fill != NULL)
        return proxy_fill_is_on(passing->fill);
    return passing->texts != NULL && proxy_upload_needs_nothing(&passing->upload);
}

void proxy_passing_own_texts(struct proxy_passing *passing)
{
    struct call_ask *ask = &passing->call_ask;
    struct text *texts[] = {&ask->method,      &ask->target, &ask->host,        &ask->headers,
                            &ask->traceparent, &ask->key,    &passing->ask.path};

    passing->texts = pool_new();
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i]->at != NULL)
            *texts[i] = pool_text(passing->texts, *texts[i]);
    if (passing->ask.transform != NULL && passing->ask.transform->has_body)
        ask->body = pool_text(passing->texts, ask->body);
    if (passing->ask.cache != NULL)
        passing->origin = proxy_request_origin(passing->request, passing->texts);
}

enum reason proxy_passing_judge(struct proxy_passing *passing, enum reason reason)
{
    bool has_client = passing->request != NULL && !passing->is_left;

    if (reason != REASON_NONE || !has_client || !reply_stream_has_begun(&passing->stream))
        return reason;
    return proxy_transform_end(passing->ask.transform) ? reason : REASON_BAD_JSON;
}

bool proxy_passing_refuses(struct proxy_passing *passing, const struct exchange_head *head,
                           enum reason *why)
{
    if (!proxy_answer_is_refused(&passing->ask, head))
        return false;
    passing->refused_status = head->status;
    *why = REASON_BAD_JSON;
    return true;
}

/* Its answer is the client's, of which the request keeps a copy. */
static void record(const struct proxy_passing *passing)
{
    struct request *request = passing->request;
    const struct route_report *report = request->passed;
    struct call_record *call = pool_take(request->pool, sizeof(*call));

    *call = (struct call_record){
        .service = report->service,
        .method = pool_text(request->pool, passing->call_ask.method),
        .target = pool_text(request->pool, passing->call_ask.target),
        .attempts = report->attempts,
        .reason = report->reason,
        .status = passing->status,
        .is_cancelled = report->is_cancelled,
        .times = passing->call.times,
    };
    request->calls = call;
    request->call_count = 1;
}

/* The server calls the observers later. So the report is in the memory that the request has from
 * now on (bff/http/untaken.h). */
void proxy_passing_report(struct proxy_passing *passing)
{
    struct route_report *report = pool_take(passing->request->pool, sizeof(*report));

    *report = passing->report;
    report->attempts = attempts_report_make(&passing->call, passing->request->pool);
    if (passing->ask.cached != NULL)
        report->cache = passing->ask.cached->word;
    passing->request->passed = report;
    if (passing->request->is_recorded)
        record(passing);
}
