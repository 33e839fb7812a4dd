/* Step "cors": adds the CORS fields that every answer has. It does not matter which step
 * answers. */
#include "bff/app/request_steps.h"
#include "bff/http/reply.h"

enum step_result step_cors(struct request_context *context)
{
    struct request *request = context->request;
    struct reply_field fields[CORS_FIELDS_MAX];
    size_t count =
        cors_answer_fields(context->dispatch->cors, request_header(request, "origin"), fields);

    for (size_t i = 0; i < count; i++)
        reply_add_field(request, fields[i]);
    return STEP_PASS;
}
