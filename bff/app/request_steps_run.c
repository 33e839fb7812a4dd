/* See request_steps.h. This function has its own file, so that a test can replace it and run more
 * steps. */
#include "bff/app/request_steps.h"

void request_steps_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                       struct request *request)
{
    struct request_context *context = pool_zero(request->pool, sizeof(*context));

    context->dispatch = dispatch;
    context->worker = worker;
    context->request = request;
    pipeline_run(&context->pipeline, request, context, request_steps);
}
