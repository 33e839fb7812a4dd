/* Step "cors": the fields of CORS that every answer has, whatever answers. */
#include "bff/app/request_steps.h"
#include "bff/http/reply.h"

enum step_result step_cors(struct request_context *context)
{
    struct request *request = context->request;
    struct reply_field *fields = pool_zero(request->pool, CORS_FIELDS_MAX * sizeof(*fields));

    request->extra = fields;
    request->extra_count =
        cors_answer_fields(context->dispatch->cors, request_header(request, "origin"), fields);
    return STEP_PASS;
}
