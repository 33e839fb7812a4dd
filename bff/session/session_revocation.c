/* See session_revocation.h. */
#include "bff/edge/revocation_tell.h"

#include "bff/session/session_revocation.h"

/* The same id of a user at another provider may be another user. */
static void ask_provider(const struct session *session, struct pool *pool,
                         struct revocation_asked *asked)
{
    struct text sid = revocation_of_provider(pool, session->provider, session->provider_sid);
    struct text sub = revocation_of_provider(pool, session->provider, session->user);

    asked->provider_sid = revocation_key(REVOCATION_PROVIDER_SID, sid);
    asked->provider_sub = revocation_key(REVOCATION_PROVIDER_SUB, sub);
}

bool session_revocation_has(struct revocation_view *view, const struct session *session,
                            struct pool *pool, int64_t now_s)
{
    if (revocation_is_empty(view))
        return false;
    struct revocation_asked asked = {
        .sid = revocation_key(REVOCATION_SID, session->id),
        .sub = revocation_key(REVOCATION_SUB, session->user),
        .issued_s = session->began_s,
    };
    if (session->provider.len > 0)
        ask_provider(session, pool, &asked);
    return revocation_has(view, &asked, now_s);
}

/* The session cannot live longer than session.absolute, so the revocation need not, either. */
void session_revocation_add(const struct revocation_view *view, struct redis *redis,
                            const struct session *session, const struct session_settings *settings,
                            int64_t now_s)
{
    struct revocation_record record = {
        .kind = REVOCATION_SID,
        .what = session->id,
        .until_s = session->began_s + settings->absolute_s + SESSION_REVOCATION_CLOCKS_S,
    };

    if (view != NULL)
        revocation_tell_alone(revocation_of_view(view), redis, &record, now_s);
}
