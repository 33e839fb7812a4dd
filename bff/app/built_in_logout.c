/* See built_in_logout.h. */
#include "bff/app/built_in_logout.h"
#include "bff/app/built_in_origin.h"
#include "bff/app/session_request.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/http/cookie.h"
#include "bff/http/reply.h"
#include "bff/json/json_print.h"
#include "bff/session/oidc.h"
#include "bff/session/oidc_leave.h"
#include "bff/session/oidc_redirect.h"

#define PATH "/bff/logout"

bool built_in_logout_is_there(const struct dispatch *dispatch)
{
    return dispatch->sessions != NULL;
}

static struct text after_login(const struct request_context *context)
{
    return session_store_settings(context->dispatch->sessions)->after_login;
}

static int64_t now_s(void) { return clock_wall_ms() / 1000; }

static struct text cookie_name(struct request_context *context)
{
    return session_cookie_login_name(&session_request_of(context)->cookie,
                                     TEXT(OIDC_LEAVE_SUFFIX), context->request->pool);
}

/* An empty value clears it. */
static void set_cookie(struct request_context *context, struct text value)
{
    struct pool *pool = context->request->pool;
    struct text line = session_cookie_login_line(&session_request_of(context)->cookie,
                                                 TEXT(OIDC_LEAVE_SUFFIX), value,
                                                 value.len > 0 ? OIDC_LEAVE_S : 0, pool);

    reply_add_field(context->request, (struct reply_field){"set-cookie", line});
}

static void redirect(struct request *request, struct text url)
{
    struct reply_field fields[] = {
        {"location", url},
        {"cache-control", TEXT("no-store")},
        {"referrer-policy", TEXT("no-referrer")},
    };

    reply_send(request, &(struct reply){.status = 303, .fields = fields, .field_count = 3});
}

/* POST. */

struct logout {
    struct request_context *context;
    struct text next; /* where the browser goes */
};

/* ${type} is one of the media types that the client accepts, whatever its weight is. */
static bool accepts(const struct request *request, struct text type)
{
    struct text list = request_list(request, "accept");

    return list.at != NULL && memmem(list.at, list.len, type.at, type.len) != NULL;
}

static void answer(const struct logout *logout)
{
    struct request *request = logout->context->request;
    struct reply_field fields[] = {
        {"content-type", TEXT("application/json")},
        {"cache-control", TEXT("no-store")},
    };
    struct json_print out;

    if (accepts(request, TEXT("text/html")) && !accepts(request, TEXT("json"))) {
        redirect(request, logout->next);
        return;
    }
    json_print_init(&out, request->pool);
    json_print_raw(&out, TEXT("{\"redirect\":"));
    json_print_string(&out, logout->next);
    json_print_raw(&out, TEXT("}"));
    struct text body = json_print_text(&out);
    reply_send(request, &(struct reply){.status = 200,
                                        .fields = fields,
                                        .field_count = 2,
                                        .body = &body,
                                        .body_count = 1});
}

static void on_ended(struct request_context *context, enum session_store_end end)
{
    const struct logout *logout = context->pipeline.wait.state;

    if (end == SESSION_STORE_AWAY) {
        pipeline_resume(&context->pipeline,
                        pipeline_refuse(&context->pipeline, session_request_refusal(end)));
        return;
    }
    pipeline_answer(&context->pipeline);
    answer(logout);
}

static void cancel(void *state)
{
    session_request_cancel(((const struct logout *)state)->context);
}

/* Keeps what the provider needs, when it can log out. */
static struct text leave_to(struct request_context *context, const struct session *session)
{
    const struct oidc_client *client = session->provider.len == 0
                                           ? NULL
                                           : oidc_find(context->worker->oidc, session->provider);

    if (client == NULL || !client->settings->sends_logout)
        return after_login(context);
    set_cookie(context,
               oidc_leave_seal(&(struct oidc_leave){session->provider, session->id_token},
                               context->worker->oidc->logout, cookie_name(context), now_s(),
                               context->request->pool));
    return TEXT(PATH);
}

static void log_logout(const struct request_context *context, const struct session *session)
{
    log_event("logout", (struct log_field[]){
                            {"provider", .text = session->provider},
                            {"user", .text = session->user},
                            {"request_id", .text = context->request->id},
                            {0},
                        });
}

enum step_result built_in_logout(struct request_context *context)
{
    const struct session_request *own = session_request_of(context);
    struct logout *logout = pool_zero(context->request->pool, sizeof(*logout));
    enum session_store_end end;

    logout->context = context;
    logout->next = after_login(context);
    if (own->has) {
        logout->next = leave_to(context, &own->session);
        log_logout(context, &own->session);
    }
    end = session_request_end(context, on_ended);
    if (end == SESSION_STORE_WAITS)
        return pipeline_wait(&context->pipeline,
                             (struct pipeline_wait){.state = logout, .cancel = cancel});
    if (end == SESSION_STORE_AWAY)
        return pipeline_refuse(&context->pipeline, session_request_refusal(end));
    answer(logout);
    return STEP_ANSWERED;
}

/* GET. */

struct visit {
    struct request_context *context;
    struct oidc_client *client;
    struct oidc_leave leave;
    struct oidc_client_wait wait;
};

/* A provider that cannot log out, or whose document is not there, does not hold the browser up: the
 * session has ended before. */
static void send_on(struct visit *visit, const struct discovery *known)
{
    struct request_context *context = visit->context;
    struct pool *pool = context->request->pool;
    struct text origin = built_in_origin(context), after = after_login(context);
    struct oidc_redirect_leave leave = {
        .id_token = visit->leave.id_token,
        .after = pool_print(pool, "%.*s%.*s", TEXT_ARGS(origin), TEXT_ARGS(after)),
    };
    struct text url = oidc_redirect_logout(known, visit->client->settings, &leave, pool);

    redirect(context->request, url.at == NULL ? after : url);
}

static void on_known(struct oidc_client_wait *wait, const struct discovery *known)
{
    struct visit *visit = H2O_STRUCT_FROM_MEMBER(struct visit, wait, wait);

    pipeline_answer(&visit->context->pipeline);
    send_on(visit, known);
}

static void cancel_visit(void *state) { oidc_client_wait_end(&((struct visit *)state)->wait); }

/* Opens the cookie of the POST and clears it. */
static bool open_leave(struct visit *visit)
{
    struct request_context *context = visit->context;
    const struct oidc *oidc = context->worker->oidc;
    struct text name = cookie_name(context);
    struct text value = cookie_find(request_header(context->request, "cookie"), name);

    if (value.at == NULL || oidc == NULL)
        return false;
    set_cookie(context, TEXT(""));
    if (oidc_leave_open(oidc->logout, name, value, now_s(), context->request->pool,
                        &visit->leave) != 0)
        return false;
    visit->client = oidc_find(oidc, visit->leave.provider);
    return visit->client != NULL;
}

enum step_result built_in_logout_visit(struct request_context *context)
{
    struct visit *visit = pool_zero(context->request->pool, sizeof(*visit));
    const struct discovery *known;

    visit->context = context;
    if (!built_in_origin_is_visit(context))
        return pipeline_refuse(&context->pipeline, session_request_csrf_refusal());
    if (!open_leave(visit)) {
        redirect(context->request, after_login(context));
        return STEP_ANSWERED;
    }
    known = oidc_client_known(visit->client);
    if (known != NULL) {
        send_on(visit, known);
        return STEP_ANSWERED;
    }
    visit->wait.done = on_known;
    oidc_client_wait(visit->client, &visit->wait);
    return pipeline_wait(&context->pipeline,
                         (struct pipeline_wait){.state = visit, .cancel = cancel_visit});
}
