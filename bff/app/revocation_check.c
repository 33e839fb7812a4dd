/* See revocation_check.h. */
#include "bff/app/revocation_check.h"
#include "bff/base/clock.h"

bool revocation_check_session(const struct request_context *context, const struct session *session)
{
    struct revocation_view *view = context->worker->revocations;

    if (revocation_is_empty(view))
        return false;
    return session_is_revoked(session, view, clock_wall_ms() / 1000, context->request->pool);
}

bool revocation_check_is_uncertain(const struct request_context *context)
{
    const struct revocation_settings *settings = context->dispatch->revocation;

    return settings != NULL && settings->is_strict &&
           revocation_state(context->worker->revocations) != REVOCATION_CURRENT;
}

struct refusal revocation_check_refusal(void)
{
    return (struct refusal){
        .status = 503,
        .message = "Service temporarily unavailable",
        .name = "retry-after",
        .value = TEXT("1"),
    };
}
