/* Step "login": finds the user who sends the request. */
#include "bff/app/request_steps.h"
#include "bff/app/revocation_check.h"
#include "bff/base/clock.h"
#include "bff/session/session_settings.h"

#define AUTHORIZATION_MAX                                                                          \
    2 /* the number of fields that are read; two are enough to refuse the request */

/* The user of a token takes precedence over the user of an API key. */
static enum login_verdict check_login(struct request_context *context, struct login_user *user)
{
    struct text values[AUTHORIZATION_MAX];
    enum login_fault fault;
    size_t count = request_values(context->request, "authorization", values, AUTHORIZATION_MAX);
    struct login_request question = {
        .authorization = values,
        .authorization_count = count,
        .now_seconds = clock_wall_ms() / 1000,
        .revocations = context->worker->revocations,
        .pool = context->request->pool,
    };
    enum login_verdict verdict =
        login_check_why(context->dispatch->login, context->worker->logins, &question, user, &fault);
    context->request->login_fault = login_fault_name(fault);
    return verdict;
}

static enum step_result refuse(struct request_context *context, struct refusal refusal)
{
    return pipeline_refuse(&context->pipeline, refusal);
}

/* The token is good, but nobody knows whether it was revoked. A public route does without a user.
 */
static enum step_result be_uncertain(struct request_context *context)
{
    return context->rule.kind == ACCESS_PUBLIC ? STEP_PASS
                                               : refuse(context, revocation_check_refusal());
}

/* A session comes before a token. Where there are sessions, tokens may be not allowed at all. */
static bool reads_token(const struct request_context *context)
{
    const struct session_store *sessions = context->dispatch->sessions;

    return !context->caller.is_session &&
           (sessions == NULL || session_store_settings(sessions)->takes_bearer);
}

/* A public route does not need a good token: only an ambiguous request is refused there. */
enum step_result step_login(struct request_context *context)
{
    struct login_user user;

    if (context->dispatch->login == NULL || !reads_token(context))
        return STEP_PASS;
    switch (check_login(context, &user)) {
    case LOGIN_AMBIGUOUS:
        return refuse(context, (struct refusal){.status = 400, .message = "Bad request"});
    case LOGIN_BAD:
        if (context->rule.kind == ACCESS_PUBLIC)
            break;
        return refuse(context, (struct refusal){
                                   .status = 403,
                                   .message = "Invalid token",
                                   .name = "www-authenticate",
                                   .value = TEXT("Bearer error=\"invalid_token\""),
                               });
    case LOGIN_OK:
        if (revocation_check_is_uncertain(context))
            return be_uncertain(context);
        context->caller.user = user;
        context->caller.has_user = true;
        context->request->user = context->caller.user.id;
        break;
    case LOGIN_ANONYMOUS:
        break;
    }
    return STEP_PASS;
}
