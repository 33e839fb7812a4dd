/* See built_in_logout.h. The step session has checked that a page of ours has sent the request. */
#include "bff/app/built_in_logout.h"
#include "bff/app/built_in_logout_visit.h"
#include "bff/app/session_request.h"
#include "bff/base/log.h"
#include "bff/http/reply.h"
#include "bff/http/reply_wait.h"

static bool accepts(const struct request *request, struct text type)
{
    struct text list = request_list(request, "accept");

    return list.at != NULL && memmem(list.at, list.len, type.at, type.len) != NULL;
}

/* A form has no use for JSON. */
static bool wants_redirect(const struct request *request)
{
    return accepts(request, TEXT("text/html")) && !accepts(request, TEXT("json"));
}

/* The session is revoked and its cookies are cleared, whatever its store says. */
static void answer(const struct request_context *context, bool goes_on)
{
    static const struct text body = {
        "{\"redirect\":\"" BUILT_IN_LOGOUT_VISIT_PATH "\"}",
        sizeof("{\"redirect\":\"" BUILT_IN_LOGOUT_VISIT_PATH "\"}") - 1,
    };
    struct reply_field fields[] = {
        {"cache-control", TEXT("no-store")},
        {"content-type", goes_on ? TEXT("application/json") : (struct text){0}},
    };

    if (wants_redirect(context->request)) {
        built_in_logout_visit_send(context, goes_on ? TEXT(BUILT_IN_LOGOUT_VISIT_PATH)
                                                    : built_in_logout_visit_home(context));
        return;
    }
    reply_send(context->request, &(struct reply){
                                     .status = goes_on ? 200 : 204,
                                     .fields = fields,
                                     .field_count = 2,
                                     .body = &body,
                                     .body_count = goes_on ? 1 : 0,
                                 });
}

static void on_ended(struct request_context *context, enum session_store_end end)
{
    (void)end;
    answer(context, context->session->page != NULL);
}

static void on_gone(void *cookie) { session_request_cancel(cookie); }

static void log_logout(const struct request_context *context, const struct session *session)
{
    log_event("session_logout", (struct log_field[]){
                                    {"provider", .text = session->provider},
                                    {"user", .text = session->user},
                                    {"request_id", .text = context->request->id},
                                    {0},
                                });
}

enum step_result built_in_logout(struct request_context *context)
{
    struct session_request *own = session_request_of(context);
    bool goes_on = own->has && built_in_logout_visit_offer(context, &own->session);

    if (own->has)
        log_logout(context, &own->session);
    own->page = goes_on ? own : NULL;
    if (session_request_end(context, on_ended) == SESSION_STORE_WAITS)
        reply_wait_begin(context->request, REPLY_WAIT_FOR_WORK, on_gone, context);
    else
        answer(context, goes_on);
    return STEP_ANSWERED;
}
