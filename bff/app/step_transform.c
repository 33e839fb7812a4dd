/* Step "transform": changes the body of the request by the rules of its route, and adds the filter
 * that changes the answer. */
#include "bff/app/request_steps.h"
#include "bff/proxy/proxy_transform.h"

static bool needs(const struct plain_transform *rules)
{
    return rules->request_body != NULL || rules->response_body != NULL || rules->status_count > 0 ||
           rules->method.at != NULL;
}

enum step_result step_transform(struct request_context *context)
{
    const struct plain_route *route = context->found.route;

    if (context->found.kind != FOUND_ROUTE || !needs(&route->transform))
        return STEP_PASS;
    context->transform = proxy_transform_new(context->request, &route->transform,
                                             context->dispatch->pages->depth_limit);
    switch (proxy_transform_body(context->transform)) {
    case PROXY_TRANSFORM_OTHER_TYPE: /* RFC 9110 section 15.5.16 */
        return pipeline_refuse(
            &context->pipeline,
            (struct refusal){.status = 415, .message = "Unsupported media type"});
    case PROXY_TRANSFORM_BROKEN:
        return pipeline_refuse(&context->pipeline,
                               (struct refusal){.status = 400, .message = "Bad request"});
    default:
        return STEP_PASS;
    }
}
