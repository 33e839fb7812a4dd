/* See session_request_revoke.h. */
#include "bff/app/session_request_revoke.h"
#include "bff/base/clock.h"
#include "bff/edge/revocation_tell.h"
#include "bff/session/session_settings.h"

#define CLOCKS_DIFFER_S 60 /* between replicas: a revocation is kept so much longer */

/* The session cannot live longer than session.absolute, so the revocation need not, either. */
void session_request_revoke(const struct request_context *context, const struct session *session)
{
    struct revocation_view *view = context->worker->revocations;
    const struct session_settings *settings = session_store_settings(context->dispatch->sessions);
    int64_t now_s = clock_wall_ms() / 1000;

    if (view == NULL)
        return;
    struct revocation_record record = {
        .kind = REVOCATION_SID,
        .what = session->id,
        .until_s = session->began_s + settings->absolute_s + CLOCKS_DIFFER_S,
    };
    revocation_record_complete(&record, now_s, settings->absolute_s);
    revocation_tell_alone(revocation_of_view(view), context->worker->redis, &record, now_s);
}
