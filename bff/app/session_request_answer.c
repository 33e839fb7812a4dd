/* See session_request_answer.h. */
#include "bff/app/session_request_answer.h"
#include "bff/app/revocation_check.h"
#include "bff/base/clock.h"
#include "bff/http/host.h"
#include "bff/http/reply_head.h"
#include "bff/http/request_peer.h"
#include "bff/session/session_settings.h"

/* Only the own machine: what the connection sends there cannot be read by others. */
static bool is_localhost(const struct request *request)
{
    struct text host = host_name(request->pool, request->peer->host);

    return text_equal_nocase(host, TEXT("localhost")) || text_is(host, "127.0.0.1") ||
           text_is(host, "[::1]");
}

struct session_cookie session_request_answer_cookie(const struct session_settings *settings,
                                                    const struct request *request)
{
    bool is_plain = settings->is_insecure_localhost && text_is(request->peer->proto, "http") &&
                    is_localhost(request);

    return (struct session_cookie){
        .name = settings->cookie,
        .is_secure = !is_plain,
        .same_site = settings->same_site,
    };
}

/* True when this answer must not set the cookie: the session was revoked meanwhile, or another
 * request may have got new tokens for it. Their cookie must not be replaced by this older one. */
static bool is_outdated(const struct session_request *own)
{
    const struct request_context *context = own->context;
    int64_t until_s = own->session.access_until_s;

    if (revocation_check_session(context, &own->session))
        return true;
    return own->answer == SESSION_REQUEST_RENEWS && until_s != 0 &&
           until_s - clock_wall_s() <=
               session_store_settings(context->dispatch->sessions)->renew_before_s;
}

/* No cache may give a cookie to another client, whatever the service says about its answer. */
static void on_head(struct reply_filter *filter, struct request *request)
{
    struct session_request *own = H2O_STRUCT_FROM_MEMBER(struct session_request, filter, filter);

    if (own->answer != SESSION_REQUEST_CLEARS && is_outdated(own))
        return;
    for (size_t i = 0; i < own->lines.count; i++)
        reply_head_add(request, TEXT("set-cookie"), own->lines.rows[i]);
    reply_head_remove(request, "cache-control");
    reply_head_add(request, TEXT("cache-control"), TEXT("no-store"));
}

static void decide(struct session_request *own, enum session_request_answer answer)
{
    own->answer = answer;
    if (own->has_filter)
        return;
    own->has_filter = true;
    own->filter = (struct reply_filter){.head = on_head, .data = reply_filter_pass};
    reply_filter_add(own->context->request, &own->filter);
}

enum session_store_end session_request_answer_set(struct session_request *own,
                                                  enum session_request_answer how,
                                                  struct text value)
{
    struct pool *pool = own->context->request->pool;

    if (session_cookie_set(&own->cookie, value, own->cookies.pieces, pool, &own->lines) != 0)
        return SESSION_STORE_TOO_LARGE;
    decide(own, how);
    return SESSION_STORE_OK;
}

/* Cookies that another host may have set are not cleared: see session_cookie.h. */
void session_request_answer_clear(struct session_request *own)
{
    if (!own->cookies.is_ours || own->cookies.is_torn)
        return;
    session_cookie_clear(&own->cookie, own->cookies.pieces, own->context->request->pool,
                         &own->lines);
    decide(own, SESSION_REQUEST_CLEARS);
}
