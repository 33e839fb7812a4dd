/* See request_steps.h. Apart from the table, which a test may replace by one of its own. */
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
