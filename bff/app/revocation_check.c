/* See revocation_check.h. */
#include "bff/app/revocation_check.h"
#include "bff/base/clock.h"

bool revocation_check_session(const struct request_context *context, const struct session *session)
{
    struct revocation_view *view = context->worker->revocations;

    if (revocation_is_empty(view))
        return false;
    struct text provider_sid =
        revocation_provider_sid(context->request->pool, session->provider, session->provider_sid);
    struct revocation_asked asked = {
        .sid = revocation_key(REVOCATION_SID, session->id),
        .provider_sid = revocation_key(REVOCATION_PROVIDER_SID, provider_sid),
        .sub = revocation_key(REVOCATION_SUB, session->user),
        .issued_s = session->began_s,
    };
    return revocation_has(view, &asked, clock_wall_ms() / 1000);
}

bool revocation_check_is_uncertain(const struct request_context *context)
{
    const struct revocation_settings *settings = context->dispatch->revocation;

    return settings != NULL && settings->is_strict &&
           revocation_state(context->worker->revocations) != REVOCATION_CURRENT;
}

struct refusal revocation_check_refusal(void) { return refusal_away(REFUSAL_UNAVAILABLE); }
