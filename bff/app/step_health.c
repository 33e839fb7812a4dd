/* Step "health": answers the health pages, before the login. */
#include "bff/app/patterns.h"
#include "bff/app/request_steps.h"

enum step_result step_health(struct request_context *context)
{
    if (health_page_is(context->request->path))
        patterns_set_health(context);
    bool is_answered = health_page_serve(&context->dispatch->health, context->request);

    return is_answered ? STEP_ANSWERED : STEP_PASS;
}
