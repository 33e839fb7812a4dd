/* Step "body": the request's body, whole and not too long. */
#include "bff/app/request_steps.h"

/* A composite has no limit of its own: the guard has seen to the largest that any request may have.
 */
enum step_result step_body(struct request_context *context)
{
    const struct plain_route *route = context->found.route;
    struct refusal refusal = {.status = 413, .message = "Payload too large"};

    if (route == NULL || context->request->h2o->entity.len <= route->body_limit)
        return STEP_PASS;
    return pipeline_refuse(&context->pipeline, refusal);
}
