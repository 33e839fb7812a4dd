/* Step "body": waits for the whole body of the request, and refuses a body that is too long for the
 * route. */
#include "bff/app/request_steps.h"
#include "bff/base/clock.h"
#include "bff/http/body.h"
#include "bff/http/guard.h"
#include "bff/http/worker_settings.h"

/* Checks the body limit of a plain route, which may be lower than the limit for all requests. The
 * refusal is sent when the whole body has come, so that the connection can be used again. */
static enum step_result judge_route(struct request_context *context)
{
    const struct plain_route *route = context->found.route;
    struct refusal refusal;

    if (route == NULL || guard_admits_body(context->request, route->body_limit, &refusal))
        return STEP_PASS;
    refusal.ends_connection = false;
    return pipeline_refuse(&context->pipeline, refusal);
}

static void on_body(void *cookie, enum body_end end)
{
    struct request_context *context = cookie;
    enum step_result result = pipeline_judge_body(&context->pipeline, end);

    context->request->began_ns = clock_now_ns(); /* does not count the upload */
    pipeline_resume(&context->pipeline, result == STEP_PASS ? judge_route(context) : result);
}

static void cancel(void *state) { body_stop(((struct request_context *)state)->request->body); }

/* The wait has no deadline, because slow_client.h ends a client that sends its body too slowly. */
enum step_result step_body(struct request_context *context)
{
    struct request *request = context->request;
    struct body *body = request->body;

    if (body == NULL)
        return STEP_PASS;
    if (body->is_over) {
        enum step_result result = pipeline_judge_body(&context->pipeline, body->end);
        return result == STEP_PASS ? judge_route(context) : result;
    }
    body_read(body, request->settings->http->body_limit, on_body, context);
    return pipeline_wait(
        &context->pipeline,
        (struct pipeline_wait){.state = context, .is_reading = true, .cancel = cancel});
}
