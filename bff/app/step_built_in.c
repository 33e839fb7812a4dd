/* Step "built_in": answers the pages of this server. */
#include "bff/app/built_in_pages.h"
#include "bff/app/request_steps.h"

enum step_result step_built_in(struct request_context *context)
{
    if (context->found.kind != FOUND_BUILT_IN)
        return STEP_PASS;
    return context->found.page->run(context);
}
