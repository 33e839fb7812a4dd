/* See revocation_check.h. */
#include "bff/app/revocation_check.h"
#include "bff/base/clock.h"
#include "bff/session/session_revocation.h"

bool revocation_check_session(const struct request_context *context, const struct session *session)
{
    return session_revocation_has(context->worker->revocations, session, context->request->pool,
                                  clock_wall_s());
}

bool revocation_check_is_uncertain(const struct request_context *context)
{
    const struct revocation_settings *settings = context->dispatch->revocation;

    return settings != NULL && settings->is_strict &&
           revocation_state(context->worker->revocations) != REVOCATION_CURRENT;
}

struct refusal revocation_check_refusal(void) { return refusal_away(REFUSAL_UNAVAILABLE); }
