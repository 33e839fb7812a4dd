/* Step "cache": looks whether the answer to a request of a plain route is stored. It waits for the
 * call of another request for the same. */
#include "bff/app/request_steps.h"
#include "bff/app/session_login.h"
#include "bff/proxy/proxy_cache.h"

static void on_ended(void *cookie);

static enum step_result look(struct request_context *context)
{
    switch (proxy_cache_look(context->cached)) {
    case PROXY_CACHE_WAIT:
        proxy_cache_wait(context->cached, on_ended, context);
        return STEP_WAITS;
    case PROXY_CACHE_NOTHING: /* RFC 9111 section 5.2.1.7 */
        proxy_cache_answer_status(context->cached);
        return pipeline_refuse(&context->pipeline,
                               (struct refusal){.status = 504, .message = "Gateway timeout"});
    default:
        return STEP_PASS;
    }
}

static void on_ended(void *cookie)
{
    struct request_context *context = cookie;
    enum step_result result = look(context);

    if (result != STEP_WAITS)
        pipeline_resume(&context->pipeline, result);
}

static void cancel(void *state) { proxy_cache_leave(((struct request_context *)state)->cached); }

static enum step_result late(void *state)
{
    proxy_cache_go(((struct request_context *)state)->cached);
    return STEP_PASS;
}

/* The answer of a mock service with a simulated failure or a scenario is for one request only. */
static bool is_cached(const struct request_context *context)
{
    const struct plain_route *route = context->found.route;

    return route != NULL && route->cache.is_on && context->worker->cache != NULL &&
           !step_serve_is_late(context) && !session_login_may_answer(context) &&
           !mock_mode_is_special(&context->dispatch->pages->mock_mode, context->request);
}

enum step_result step_cache(struct request_context *context)
{
    struct proxy_ask ask;
    enum step_result result;

    if (!is_cached(context))
        return STEP_PASS;
    step_serve_describe(context, &ask);
    context->cached = proxy_cache_find(context->request, &ask);
    result = look(context);
    if (result != STEP_WAITS)
        return result;
    return pipeline_wait(&context->pipeline,
                         (struct pipeline_wait){.state = context,
                                                .until_ns = proxy_cache_until_ns(context->cached),
                                                .cancel = cancel,
                                                .late = late});
}
