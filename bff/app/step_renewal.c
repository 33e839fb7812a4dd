/*
 * Step "renewal": renews the tokens of a session that end soon (session_refresh.h). All requests
 * that come with the same session share one renewal.
 *
 * While the access token is still good, a request does not wait long for the new one. When nobody
 * can be asked for new tokens, the request goes on with the old token while it is good. After that,
 * it is refused with 503, because the session is not over. A public route does without the token.
 */
#include "bff/app/built_in_pages.h"
#include "bff/app/request_steps.h"
#include "bff/app/revocation_check.h"
#include "bff/app/session_request.h"
#include "bff/base/clock.h"
#include "bff/session/session_refresh.h"
#include "bff/session/session_settings.h"

#define PATIENCE_MS 2000       /* while the token is good */
#define PATIENCE_MOST_MS 30000 /* when it is not */

struct renewal {
    struct session_refresh_wait wait;
    struct request_context *context;
};

static bool is_good(const struct session *session)
{
    return clock_wall_s() < session->access_until_s;
}

/* The session goes on without new tokens. */
static enum step_result go_on(struct request_context *context)
{
    if (is_good(&context->session->session))
        return STEP_PASS;
    context->caller.authorization = (struct text){0};
    if (context->rule.kind == ACCESS_PUBLIC || context->found.kind == FOUND_BUILT_IN)
        return STEP_PASS;
    return pipeline_refuse(&context->pipeline, refusal_away(REFUSAL_UNAVAILABLE));
}

/* With Redis, the refresh has saved the session. The cookie is its id and does not change. */
static enum step_result use_new(struct request_context *context, const struct session *session)
{
    const struct session_store *store = context->dispatch->sessions;
    struct session_request *own = context->session;
    struct session_store_call call = {
        .pool = context->request->pool,
        .cookie_name = own->cookie.name,
        .now_s = clock_wall_s(),
    };

    if (revocation_check_session(context, session)) {
        session_request_forget(context);
        return STEP_PASS;
    }
    if (session_store_settings(store)->store == SESSION_STORE_REDIS)
        call.value = own->cookies.value;
    else if (session_store_save(store, &call, session, SESSION_STORE_AGAIN) != SESSION_STORE_OK)
        return pipeline_refuse(&context->pipeline,
                               session_request_refusal(SESSION_STORE_TOO_LARGE));
    session_request_renewed(context, session, call.value);
    return STEP_PASS;
}

static enum step_result settle(struct renewal *renewal)
{
    struct request_context *context = renewal->context;

    switch (renewal->wait.result.kind) {
    case SESSION_REFRESH_NEW:
        return use_new(context, &renewal->wait.result.session);
    case SESSION_REFRESH_ENDED:
        session_request_forget(context);
        return STEP_PASS;
    case SESSION_REFRESH_AWAY:
        break;
    }
    return go_on(context);
}

/* Waiting. */

static void dispose(void *object) { session_refresh_leave(&((struct renewal *)object)->wait); }

static void on_done(struct session_refresh_wait *wait)
{
    struct renewal *renewal = H2O_STRUCT_FROM_MEMBER(struct renewal, wait, wait);

    pipeline_resume(&renewal->context->pipeline, settle(renewal));
}

static void cancel(void *state) { session_refresh_leave(&((struct renewal *)state)->wait); }

static enum step_result late(void *state) { return go_on(((struct renewal *)state)->context); }

static enum step_result wait_for(struct renewal *renewal, const struct session *session)
{
    int64_t ms = is_good(session) ? PATIENCE_MS : PATIENCE_MOST_MS;

    return pipeline_wait(&renewal->context->pipeline,
                         (struct pipeline_wait){.state = renewal,
                                                .until_ns = clock_now_ns() + ms * CLOCK_MS,
                                                .cancel = cancel,
                                                .late = late});
}

static enum step_result renew(struct request_context *context)
{
    struct pool *pool = context->request->pool;
    const struct session *session = &context->session->session;
    struct renewal *renewal = pool_shared(pool, sizeof(*renewal), dispose);

    renewal->context = context;
    renewal->wait.done = on_done;
    if (session_refresh_begin(context->worker->refreshes, &renewal->wait, session, pool))
        return settle(renewal);
    return wait_for(renewal, session);
}

/* A login and a logout do not need the tokens. */
static bool needs_tokens(const struct request_context *context)
{
    const struct found *found = &context->found;

    return found->kind == FOUND_BUILT_IN ? found->page->shows_tokens : !found->is_session_login;
}

enum step_result step_renewal(struct request_context *context)
{
    struct session_refreshes *refreshes = context->worker->refreshes;

    if (refreshes == NULL || !context->caller.is_session)
        return STEP_PASS;
    if (!session_refresh_is_due(refreshes, &context->session->session, clock_wall_s()) ||
        !needs_tokens(context))
        return STEP_PASS;
    return renew(context);
}
