/* See dispatch.h. */
#include "bff/app/dispatch.h"
#include "bff/app/request_steps.h"

void dispatch_request(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                      struct request *request)
{
    struct request_context *context = pool_zero(request->pool, sizeof(*context));

    context->dispatch = dispatch;
    context->worker = worker;
    context->request = request;
    pipeline_run(&context->pipeline, request, context, request_steps);
}
