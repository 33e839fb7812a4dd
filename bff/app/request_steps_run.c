/* See request_steps.h. In a file of its own, so that a test can run more steps than the table has.
 */
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
