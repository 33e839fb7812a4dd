/*
 * Step "session": finds the session of the cookies. Before that, it checks that a page of ours has
 * sent the request, because a browser sends cookies by itself.
 *
 * A public route does not need the session. So a link from another site to a public page works: the
 * page is answered as for nobody. The same is so when the store of sessions is away.
 */
#include "bff/base/tally.h"
#include "bff/app/built_in_pages.h"
#include "bff/app/request_steps.h"
#include "bff/app/revocation_check.h"
#include "bff/app/session_request.h"
#include "bff/app/session_request_csrf.h"
#include "bff/session/session_csrf.h"

static enum step_result refuse(struct request_context *context, struct refusal refusal)
{
    return pipeline_refuse(&context->pipeline, refusal);
}

static bool is_open_page(const struct request_context *context)
{
    return context->found.kind == FOUND_BUILT_IN && context->found.page->is_open;
}

/* True when the request can be answered without its session. */
static bool may_be_nobody(const struct request_context *context)
{
    if (context->found.kind == FOUND_BUILT_IN)
        return context->found.page->is_open;
    return context->rule.kind == ACCESS_PUBLIC && session_csrf_is_safe(context->request->method);
}

static enum step_result settle(struct request_context *context, enum session_store_end end)
{
    if (end == SESSION_STORE_AWAY)
        return may_be_nobody(context) ? STEP_PASS : refuse(context, session_request_refusal(end));
    if (end != SESSION_STORE_OK || revocation_check_session(context, &context->session->session)) {
        tally_add(TALLY_SESSIONS_REFUSED);
        session_request_forget(context);
        return STEP_PASS;
    }
    if (revocation_check_is_uncertain(context))
        return may_be_nobody(context) ? STEP_PASS : refuse(context, revocation_check_refusal());
    session_request_use(context);
    session_request_renew(context);
    return STEP_PASS;
}

static void on_loaded(struct request_context *context, enum session_store_end end)
{
    pipeline_resume(&context->pipeline, settle(context, end));
}

static void cancel(void *state) { session_request_cancel(state); }

/* The store has a deadline of its own. */
static enum step_result load(struct request_context *context)
{
    enum session_store_end end = session_request_load(context, on_loaded);

    if (end != SESSION_STORE_WAITS)
        return settle(context, end);
    return pipeline_wait(&context->pipeline,
                         (struct pipeline_wait){.state = context, .cancel = cancel});
}

/* Also a login must come from a page of ours. Otherwise another site could sign the browser in as
 * somebody else, and the user would give their data to that account. */
static bool needs_check(const struct request_context *context)
{
    if (is_open_page(context))
        return false;
    return context->session->cookies.is_ours || context->found.is_session_login;
}

enum step_result step_session(struct request_context *context)
{
    if (context->dispatch->sessions == NULL)
        return STEP_PASS;
    const struct session_request *own = session_request_of(context);
    if (needs_check(context) && !session_request_csrf_passes(context))
        return may_be_nobody(context) ? STEP_PASS : refuse(context, session_request_csrf_refusal());
    return own->cookies.is_ours ? load(context) : STEP_PASS;
}
