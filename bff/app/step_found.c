/* Step "found": answers the request when step_route has found neither a composite nor a plain route
 * for it. */
#include "bff/app/request_steps.h"
#include "bff/http/method.h"
#include "bff/http/reply.h"

static enum step_result refuse(struct request_context *context, int status, const char *message)
{
    return pipeline_refuse(&context->pipeline,
                           (struct refusal){.status = status, .message = message});
}

/* Refuses the method with 405. An OPTIONS request that is not a preflight gets 204 and the methods
 * of the path. */
static enum step_result refuse_method(struct request_context *context)
{
    struct request *request = context->request;
    struct text allow = method_join(request->pool, context->found.allow, TEXT("OPTIONS"));

    if (text_is(request->method, "OPTIONS")) {
        reply_options(request, allow);
        return STEP_ANSWERED;
    }
    return pipeline_refuse(&context->pipeline, (struct refusal){
                                                   .status = 405,
                                                   .message = "Method not allowed",
                                                   .name = "allow",
                                                   .value = allow,
                                               });
}

enum step_result step_found(struct request_context *context)
{
    switch (context->found.kind) {
    case FOUND_COMPOSITE:
    case FOUND_ROUTE:
    case FOUND_BUILT_IN:
        break;
    case FOUND_BAD:
        return refuse(context, 400, "Bad request");
    case FOUND_OTHER_METHOD:
        return refuse_method(context);
    case FOUND_NOTHING:
        return refuse(context, 404, "Not found");
    }
    return STEP_PASS;
}
