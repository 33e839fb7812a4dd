/* See built_in_callback.h. */
#include "bff/app/built_in_callback.h"
#include "bff/app/built_in_login.h"
#include "bff/app/built_in_origin.h"
#include "bff/app/session_request.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/http/cookie.h"
#include "bff/http/reply.h"
#include "bff/session/oidc.h"
#include "bff/session/oidc_login.h"

struct page {
    struct request_context *context;
    struct oidc_login login;
};

/* Refusals. */

static struct refusal refusal_of(enum oidc_login_end end)
{
    if (end == OIDC_LOGIN_UNAVAILABLE)
        return refusal_away(BUILT_IN_LOGIN_AWAY);
    return end == OIDC_LOGIN_DENIED ? (struct refusal){.status = 403, .message = "Login denied"}
                                    : (struct refusal){.status = 400, .message = "Login failed"};
}

static enum step_result fail(struct page *page, enum oidc_login_end end, const char *fault)
{
    struct request_context *context = page->context;

    log_event("session_login_failed",
              (struct log_field[]){
                  {"provider", .text = page->login.transaction.provider.at == NULL
                                           ? TEXT("unknown")
                                           : page->login.transaction.provider},
                  {"reason", .text = text_of(fault)},
                  {"request_id", .text = context->request->id},
                  {0},
              });
    return pipeline_refuse(&context->pipeline, refusal_of(end));
}

/* The new session. */

static void answer(struct page *page)
{
    struct request *request = page->context->request;
    struct reply_field fields[] = {
        {"location", page->login.transaction.return_url},
        {"cache-control", TEXT("no-store")},
        {"referrer-policy", TEXT("no-referrer")},
    };

    log_event("session_login", (struct log_field[]){
                                   {"provider", .text = page->login.session.provider},
                                   {"user", .text = page->login.session.user},
                                   {"request_id", .text = request->id},
                                   {0},
                               });
    reply_send(request, &(struct reply){.status = 303, .fields = fields, .field_count = 3});
}

static void on_begun(struct request_context *context, enum session_store_end end)
{
    struct page *page = context->session->page;

    oidc_login_cancel(&page->login);
    if (end == SESSION_STORE_TOO_LARGE)
        log_event("session_too_large",
                  (struct log_field[]){{"user", .text = page->login.session.user},
                                       {"request_id", .text = context->request->id},
                                       {0}});
    if (end != SESSION_STORE_OK) {
        pipeline_resume(&context->pipeline,
                        pipeline_refuse(&context->pipeline, session_request_refusal(end)));
        return;
    }
    pipeline_answer(&context->pipeline);
    answer(page);
}

static void on_login(struct oidc_login *login, enum oidc_login_end end)
{
    struct page *page = H2O_STRUCT_FROM_MEMBER(struct page, login, login);
    struct request_context *context = page->context;
    enum session_store_end begun;

    if (end != OIDC_LOGIN_DONE) {
        enum step_result result = fail(page, end, login->fault);
        oidc_login_cancel(login);
        pipeline_resume(&context->pipeline, result);
        return;
    }
    session_request_of(context)->page = page;
    begun = session_request_begin(context, &login->session, on_begun);
    if (begun != SESSION_STORE_WAITS)
        on_begun(context, begun);
}

static void cancel(void *state)
{
    struct page *page = state;

    oidc_login_cancel(&page->login);
    session_request_cancel(page->context);
}

/* The transaction. */

/* Opens the cookie that belongs to the state, and clears it: it is for one use. */
static int open_transaction(struct page *page)
{
    struct request *request = page->context->request;
    const struct session_cookie *cookie = &session_request_of(page->context)->cookie;
    struct text suffix = oidc_transaction_suffix(page->login.back.state, request->pool);
    struct text name = session_cookie_login_name(cookie, suffix, request->pool);
    struct text value = cookie_find(request_header(request, "cookie"), name);

    if (value.at == NULL)
        return -1;
    reply_add_field(request, (struct reply_field){
                                 "set-cookie", session_cookie_login_line(cookie, suffix, TEXT(""),
                                                                         0, request->pool)});
    return oidc_transaction_open(page->context->worker->oidc->login, name, value, clock_wall_s(),
                                 request->pool, &page->login.transaction);
}

enum step_result built_in_callback(struct request_context *context)
{
    struct request *request = context->request;
    struct page *page = pool_zero(request->pool, sizeof(*page));
    enum oidc_login_end end;

    page->context = context;
    page->login = (struct oidc_login){
        .oidc = context->worker->oidc,
        .redis = context->worker->redis,
        .pool = request->pool,
        .done = on_login,
    };
    if (!built_in_origin_is_visit(context))
        return built_in_origin_refuse(context);
    if (oidc_redirect_read(request->query, request->pool, &page->login.back) != 0)
        return fail(page, OIDC_LOGIN_BAD, "callback");
    if (open_transaction(page) != 0)
        return fail(page, OIDC_LOGIN_BAD, "transaction");
    end = oidc_login_begin(&page->login);
    if (end != OIDC_LOGIN_WAITS)
        return fail(page, end, page->login.fault);
    return pipeline_wait(&context->pipeline,
                         (struct pipeline_wait){.state = page, .cancel = cancel});
}
