/* Step "security": adds the header fields that tell browsers to be careful. Answers of all later
 * steps have them, refusals too. */
#include "bff/app/request_steps.h"
#include "bff/proxy/security_headers.h"

enum step_result step_security(struct request_context *context)
{
    security_headers_add(context->request, context->dispatch->security, context->found.route);
    return STEP_PASS;
}
