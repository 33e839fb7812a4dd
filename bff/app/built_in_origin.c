/* See built_in_origin.h. */
#include "bff/app/built_in_origin.h"
#include "bff/app/session_request_csrf.h"
#include "bff/http/request_peer.h"
#include "bff/session/session_csrf.h"
#include "bff/session/session_settings.h"
#include "bff/session/session_store.h"

struct text built_in_origin(const struct request_context *context)
{
    const struct session_settings *settings = session_store_settings(context->dispatch->sessions);
    const struct request *request = context->request;
    struct text own = session_csrf_origin(request->peer->proto, request->peer->host, request->pool);

    if (settings->origin_count == 0)
        return own;
    for (size_t i = 0; i < settings->origin_count; i++)
        if (text_equal(settings->origins[i], own))
            return own;
    return settings->origins[0];
}

static bool says(const struct request *request, const char *name, const char *value)
{
    struct text field = request_list(request, name);

    return field.at == NULL || text_is(field, value);
}

bool built_in_origin_is_visit(const struct request_context *context)
{
    return text_is(context->request->method, "GET") &&
           says(context->request, "sec-fetch-mode", "navigate") &&
           says(context->request, "sec-fetch-dest", "document");
}

enum step_result built_in_origin_refuse(struct request_context *context)
{
    struct refusal not_allowed = {
        .status = 405, .message = "Method not allowed", .name = "allow", .value = TEXT("GET")};

    return pipeline_refuse(&context->pipeline, text_is(context->request->method, "GET")
                                                   ? session_request_csrf_refusal()
                                                   : not_allowed);
}
