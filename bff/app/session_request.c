/* See session_request.h. */
#include "bff/app/session_request.h"
#include "bff/app/session_request_answer.h"
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/tally.h"
#include "bff/session/session_revocation.h"
#include "bff/session/session_settings.h"

static const struct session_settings *settings_of(const struct request_context *context)
{
    return session_store_settings(context->dispatch->sessions);
}

/* The request ends. A command that has been sent is carried out all the same. */
static void dispose(void *object)
{
    struct session_request *own = object;

    session_store_cancel(&own->call);
    session_store_cancel(&own->drop);
}

static struct session_store_call call_for(const struct request_context *context,
                                          const struct session_request *own)
{
    return (struct session_store_call){
        .redis = context->worker->redis,
        .pool = context->request->pool,
        .cookie_name = own->cookie.name,
    };
}

/* The caller without a session. Other steps have members of their own in it. */
static void use_nobody(struct request_context *context)
{
    struct caller *caller = &context->caller;

    caller->user = (struct login_user){0};
    caller->has_user = caller->is_session = false;
    caller->session = caller->authorization = (struct text){0};
    caller->hides_authorization = !settings_of(context)->takes_bearer;
    context->request->user = (struct text){0};
}

struct session_request *session_request_of(struct request_context *context)
{
    struct request *request = context->request;

    if (context->session != NULL)
        return context->session;
    struct session_request *own = pool_shared(request->pool, sizeof(*own), dispose);
    own->context = context;
    own->cookie = session_request_answer_cookie(settings_of(context), request);
    session_cookie_read(&own->cookie, request_header(request, "cookie"), request->pool,
                        &own->cookies);
    own->call = call_for(context, own);
    own->drop = call_for(context, own);
    context->session = own;
    context->caller.cookies = own->cookies.others;
    context->caller.own_cookie = own->cookie.name;
    use_nobody(context);
    return own;
}

/* Using a session. */

static struct text bearer(const struct session *session, struct pool *pool)
{
    struct text_builder out;

    if (session->access.len == 0)
        return (struct text){0};
    text_builder_init(&out, pool, session->access.len + 7);
    text_builder_add(&out, TEXT("Bearer "));
    text_builder_add(&out, session->access);
    return text_builder_text(&out);
}

void session_request_use(struct request_context *context)
{
    const struct session_request *own = context->session;
    struct caller *caller = &context->caller;

    must(own != NULL && own->has);
    caller->user = (struct login_user){
        .id = own->session.user,
        .roles = own->session.roles,
        .scopes = own->session.scopes,
    };
    caller->has_user = caller->is_session = true;
    caller->session = own->session.id;
    caller->authorization = bearer(&own->session, context->request->pool);
    caller->hides_authorization = true;
    context->request->user = caller->user.id;
}

/* Loading. */

static enum session_store_end found(struct session_request *own, enum session_store_end end)
{
    own->has = end == SESSION_STORE_OK;
    if (own->has)
        own->session = own->call.session;
    return end;
}

static void on_loaded(struct session_store_call *call, enum session_store_end end)
{
    struct session_request *own = call->context;

    own->done(own->context, found(own, end));
}

enum session_store_end session_request_load(struct request_context *context,
                                            void (*done)(struct request_context *context,
                                                         enum session_store_end end))
{
    struct session_request *own = session_request_of(context);

    if (own->cookies.value.at == NULL)
        return SESSION_STORE_NONE;
    own->done = done;
    own->call.context = own;
    own->call.done = on_loaded;
    own->call.now_s = clock_wall_s();
    return found(own,
                 session_store_load(context->dispatch->sessions, &own->call, own->cookies.value));
}

void session_request_renew(struct request_context *context)
{
    struct session_request *own = context->session;
    const struct session_store *store = context->dispatch->sessions;
    struct session seen = own->session;

    if (!session_store_renews(store, &seen, clock_wall_s()))
        return;
    seen.seen_s = clock_wall_s();
    if (session_store_save(store, &own->call, &seen, SESSION_STORE_AGAIN) == SESSION_STORE_OK)
        session_request_answer_set(own, SESSION_REQUEST_RENEWS, own->call.value);
}

/* Beginning and changing. */

/* The old session ends only when there is a new one. Nobody waits until its store has dropped
 * it. */
static void on_old_dropped(struct session_store_call *call, enum session_store_end end)
{
    (void)call;
    (void)end;
}

static void revoke_session(const struct request_context *context, const struct session *session)
{
    session_revocation_add(context->worker->revocations, context->worker->redis, session,
                           settings_of(context), clock_wall_s());
}

static void end_old(struct session_request *own)
{
    if (!own->has)
        return;
    revoke_session(own->context, &own->session);
    own->drop.done = on_old_dropped;
    session_store_drop(own->context->dispatch->sessions, &own->drop, own->session.id);
}

void session_request_log_large(const struct request_context *context, const struct session *session)
{
    log_event("session_too_large", (struct log_field[]){
                                       {"user", .text = session->user},
                                       {"request_id", .text = context->request->id},
                                       {0},
                                   });
}

static enum session_store_end begun(struct session_request *own, enum session_store_end end)
{
    if (end == SESSION_STORE_OK)
        end = session_request_answer_set(own, SESSION_REQUEST_SETS, own->call.value);
    if (end == SESSION_STORE_TOO_LARGE)
        session_request_log_large(own->context, &own->next);
    if (end != SESSION_STORE_OK)
        return end;
    end_old(own);
    tally_add(TALLY_SESSIONS_BEGUN);
    own->session = own->next;
    own->has = true;
    return end;
}

static void on_begun(struct session_store_call *call, enum session_store_end end)
{
    struct session_request *own = call->context;

    own->done(own->context, begun(own, end));
}

enum session_store_end
session_request_begin(struct request_context *context, const struct session *session,
                      void (*done)(struct request_context *context, enum session_store_end end))
{
    struct session_request *own = session_request_of(context);
    enum session_store_end end;

    own->next = *session;
    own->next.id = session_new_id(context->request->pool);
    own->next.began_s = own->next.seen_s = clock_wall_s();
    own->next.renewals = 0;
    own->done = done;
    own->call.context = own;
    own->call.done = on_begun;
    end =
        session_store_save(context->dispatch->sessions, &own->call, &own->next, SESSION_STORE_NEW);
    return end == SESSION_STORE_WAITS ? end : begun(own, end);
}

void session_request_cancel(struct request_context *context)
{
    if (context->session != NULL)
        session_store_cancel(&context->session->call);
}

void session_request_renewed(struct request_context *context, const struct session *session,
                             struct text value)
{
    struct session_request *own = session_request_of(context);

    own->session = *session;
    own->has = true;
    if (session_store_settings(context->dispatch->sessions)->store == SESSION_STORE_COOKIE)
        session_request_answer_set(own, SESSION_REQUEST_SETS, value);
    session_request_use(context);
}

/* Ending. */

static void on_dropped(struct session_store_call *call, enum session_store_end end)
{
    struct session_request *own = call->context;

    own->done(own->context, end);
}

enum session_store_end session_request_end(struct request_context *context,
                                           void (*done)(struct request_context *context,
                                                        enum session_store_end end))
{
    struct session_request *own = session_request_of(context);
    struct session old = own->session;
    bool had = own->has;

    session_request_forget(context);
    if (!had)
        return SESSION_STORE_OK;
    revoke_session(context, &old);
    tally_add(TALLY_SESSIONS_ENDED);
    own->done = done;
    own->call.context = own;
    own->call.done = on_dropped;
    return session_store_drop(context->dispatch->sessions, &own->call, old.id);
}

void session_request_forget(struct request_context *context)
{
    struct session_request *own = session_request_of(context);

    own->has = false;
    if (context->caller.is_session)
        use_nobody(context);
    session_request_answer_clear(own);
}

struct refusal session_request_refusal(enum session_store_end end)
{
    if (end == SESSION_STORE_TOO_LARGE)
        return (struct refusal){.status = 502, .message = "Session too large"};
    return refusal_away("Session store unavailable");
}
