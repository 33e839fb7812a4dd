/* Step "preflight": answers a browser that asks whether it may send a request (the CORS protocol of
 * the Fetch standard). */
#include "bff/app/request_steps.h"
#include "bff/http/method.h"
#include "bff/http/reply.h"

#define NO_METHOD "-" /* no route has this method, so the result has all methods of the path */

static void answer(struct request_context *context, const struct cors_preflight *preflight,
                   struct text methods)
{
    struct request *request = context->request;
    struct reply_field fields[CORS_FIELDS_MAX] = {{0}};

    reply_clear_fields(request);
    reply_send(request, &(struct reply){
                            .status = 204,
                            .fields = fields,
                            .field_count = cors_preflight_fields(context->dispatch->cors, preflight,
                                                                 methods, request->pool, fields),
                        });
}

bool step_preflight_read(const struct request *request, struct cors_preflight *out)
{
    if (!text_is(request->method, "OPTIONS"))
        return false;
    *out = (struct cors_preflight){
        .origin = request_header(request, "origin"),
        .request_method = request_header(request, "access-control-request-method"),
        .request_headers = request_list(request, "access-control-request-headers"),
    };
    return cors_is_preflight(request->method, out);
}

enum step_result step_preflight(struct request_context *context)
{
    struct cors_preflight preflight;
    struct found found = {0};

    if (!cors_is_on(context->dispatch->cors) || !step_preflight_read(context->request, &preflight))
        return STEP_PASS;
    step_route_find(context, TEXT(NO_METHOD), &found);
    if (found.kind != FOUND_ROUTE && found.kind != FOUND_OTHER_METHOD)
        return STEP_PASS;
    answer(context, &preflight, found.kind == FOUND_ROUTE ? TEXT(METHOD_ALL) : found.allow);
    return STEP_ANSWERED;
}
