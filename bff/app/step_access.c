/* Step "access": checks whether this user is allowed to send this request. */
#include "bff/app/request_steps.h"

enum step_result step_access(struct request_context *context)
{
    struct refusal refusal = {.status = 403, .message = "Forbidden"};

    /* Without login, only API keys are asked for. */
    if (context->dispatch->login == NULL && context->rule.kind != ACCESS_KEY)
        return STEP_PASS;
    switch (access_decide(context->rule, &context->caller)) {
    case ACCESS_ALLOW:
        return STEP_PASS;
    case ACCESS_NEEDS_LOGIN:
        refusal = (struct refusal){
            .status = 401,
            .message = "No token provided",
            .name = "www-authenticate",
            .value = TEXT("Bearer"),
        };
        break;
    case ACCESS_NEEDS_KEY:
        refusal = (struct refusal){.status = 401, .message = "No API key provided"};
        break;
    case ACCESS_FORBIDDEN:
        break;
    }
    return pipeline_refuse(&context->pipeline, refusal);
}
