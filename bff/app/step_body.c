/* Step "body": waits for the request's body, whole and not too long. */
#include "bff/app/request_steps.h"
#include "bff/http/body.h"
#include "bff/http/guard.h"

static enum step_result refuse(struct request_context *context, int status, const char *message)
{
    struct refusal refusal = {.status = status, .message = message, .ends_connection = true};

    return pipeline_refuse(&context->pipeline, refusal);
}

static enum step_result judge(struct request_context *context, enum body_end end)
{
    switch (end) {
    case BODY_WHOLE:
        break;
    case BODY_TOO_LARGE:
        return refuse(context, 413, "Payload too large");
    case BODY_BROKEN:
        return refuse(context, 400, "Bad request");
    case BODY_LEFT:
        return STEP_LEFT;
    }
    return STEP_PASS;
}

static void on_body(void *cookie, enum body_end end)
{
    struct request_context *context = cookie;

    pipeline_resume(&context->pipeline, judge(context, end));
}

static void cancel(void *state) { body_stop(((struct request_context *)state)->request->body); }

/* A composite has no limit of its own: the largest that any request may have holds. */
static size_t limit_of(const struct request_context *context)
{
    const struct plain_route *route = context->found.route;

    return route != NULL ? route->body_limit : context->request->worker->common->body_limit;
}

/* Without a deadline: slow_client.h ends a client that sends its body too slowly. */
enum step_result step_body(struct request_context *context)
{
    struct body *body = context->request->body;
    size_t limit = limit_of(context);
    struct refusal too_large;

    if (body == NULL)
        return STEP_PASS;
    if (!guard_admits_body(context->request, limit, &too_large))
        return refuse(context, too_large.status, too_large.message);
    if (body->is_over)
        return judge(context, body->end);
    body_read(body, limit, on_body, context);
    return pipeline_wait(
        &context->pipeline,
        (struct pipeline_wait){.state = context, .is_reading = true, .cancel = cancel});
}
