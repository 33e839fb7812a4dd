/* Step "guard": refuses requests that no later step may see (bff/http/guard.h). */
#include "bff/app/request_steps.h"
#include "bff/http/guard.h"

enum step_result step_guard(struct request_context *context)
{
    struct refusal refusal;

    if (guard_admits(context->request, &refusal))
        return STEP_PASS;
    return pipeline_refuse(&context->pipeline, refusal);
}
