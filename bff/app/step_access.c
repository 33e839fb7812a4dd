/* Step "access": checks whether this user is allowed to send this request. */
#include "bff/app/access_refusal.h"
#include "bff/app/request_steps.h"

/* A token without the needed scopes gets the challenge of RFC 6750 section 3.1. The names of scopes
 * need no escaping (access_scopes_read). */
static struct refusal forbid(const struct request_context *context)
{
    struct refusal refusal = {.status = 403, .message = "Forbidden"};
    struct pool *pool = context->request->pool;

    if (context->rule.kind != ACCESS_SCOPE || context->caller.is_session ||
        context->caller.key != NULL)
        return refusal;
    refusal.name = "www-authenticate";
    refusal.value = pool_print(pool, "Bearer error=\"insufficient_scope\", scope=\"%.*s\"",
                               TEXT_ARGS(context->rule.whom));
    return refusal;
}

static bool lacks_certificate(const struct request_context *context)
{
    const struct plain_route *route = context->found.route;

    return route != NULL && route->needs_certificate &&
           context->caller.certificate.fingerprint.at == NULL;
}

enum step_result step_access(struct request_context *context)
{
    struct pipeline *pipeline = &context->pipeline;

    if (lacks_certificate(context))
        return pipeline_refuse(
            pipeline, (struct refusal){.status = 403, .message = "Client certificate required"});
    /* Without login, only API keys are asked for. */
    if (context->dispatch->login == NULL && context->rule.kind != ACCESS_KEY)
        return STEP_PASS;
    switch (access_decide(context->rule, &context->caller)) {
    case ACCESS_ALLOW:
        return STEP_PASS;
    case ACCESS_NEEDS_LOGIN:
        return pipeline_refuse(pipeline, access_refusal_no_user(context));
    case ACCESS_NEEDS_KEY:
        return pipeline_refuse(pipeline, access_refusal_no_key());
    case ACCESS_FORBIDDEN:
        break;
    }
    return pipeline_refuse(pipeline, forbid(context));
}
