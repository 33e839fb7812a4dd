/* Step "serve": gives the request to the composite or to the proxy, which answers it. */
#include "bff/app/request_steps.h"
#include "bff/app/session_login.h"
#include "bff/base/clock.h"
#include "bff/proxy/proxy_cache.h"

static void serve_composite(struct request_context *context)
{
    const struct found *found = &context->found;

    page_serve(context->request, &(struct page_ask){
                                     .pages = context->dispatch->pages,
                                     .plan = found->match.route->target,
                                     .params = found->match.params,
                                     .input = context->input,
                                     .upstream = context->worker->upstream,
                                     .flights = context->worker->flights,
                                     .keys = context->worker->idempotency,
                                     .caller = &context->caller,
                                     .until_ns = context->until_ns,
                                     .has_login = context->dispatch->login != NULL,
                                 });
}

void step_serve_describe(struct request_context *context, struct proxy_ask *out)
{
    *out = (struct proxy_ask){
        .settings = &context->dispatch->proxy,
        .route = context->found.route,
        .caller = &context->caller,
        .path = context->found.path,
        .spool = context->spool,
        .upstream = context->worker->upstream,
        .head_by_ns = context->until_ns,
        .cache = context->worker->cache,
        .cache_redis = context->worker->cache_redis,
        .transform = context->transform,
        .mock_line = mock_mode_line(&context->dispatch->pages->mock_mode, context->request),
    };
}

static void serve_route(struct request_context *context)
{
    struct proxy_ask ask;

    if (context->cached != NULL) {
        proxy_serve(context->request, &context->cached->ask);
        return;
    }
    step_serve_describe(context, &ask);
    proxy_serve(context->request, &ask);
}

bool step_serve_is_late(const struct request_context *context)
{
    return context->until_ns != 0 && context->until_ns <= clock_now_ns();
}

enum step_result step_serve(struct request_context *context)
{
    if (step_serve_is_late(context))
        return pipeline_refuse(&context->pipeline,
                               (struct refusal){.status = 504, .message = "Gateway timeout"});
    if (context->found.kind == FOUND_COMPOSITE)
        serve_composite(context);
    else if (session_login_may_answer(context))
        session_login_serve(context);
    else
        serve_route(context);
    return STEP_ANSWERED;
}
