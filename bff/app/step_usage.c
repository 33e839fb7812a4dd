/* Step "usage": counts the request under the usage plan of its API key. */
#include "bff/app/limit_check.h"
#include "bff/app/request_steps.h"
#include "bff/edge/api_key.h"

enum step_result step_usage(struct request_context *context)
{
    const struct api_key *key = context->caller.key;

    if (key == NULL || key->plan == API_KEY_NO_PLAN)
        return STEP_PASS;
    return limit_check_run_plan(context, &context->dispatch->plans[key->plan]);
}
