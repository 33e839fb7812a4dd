/* Step "access": checks whether this user is allowed to send this request. */
#include "bff/app/request_steps.h"

enum step_result step_access(struct request_context *context)
{
    struct refusal refusal = {.status = 403, .message = "Forbidden"};

    if (context->dispatch->login == NULL)
        return STEP_PASS;
    switch (access_decide(context->rule, context->caller.has_user ? &context->caller.user : NULL)) {
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
    case ACCESS_FORBIDDEN:
        break;
    }
    return pipeline_refuse(&context->pipeline, refusal);
}
