/* See built_in_logout_visit.h. */
#include "bff/app/built_in_logout_visit.h"
#include "bff/app/built_in_origin.h"
#include "bff/app/session_request.h"
#include "bff/base/clock.h"
#include "bff/http/cookie.h"
#include "bff/http/reply.h"
#include "bff/session/oidc.h"
#include "bff/session/oidc_leave.h"
#include "bff/session/oidc_redirect.h"

struct text built_in_logout_visit_home(const struct request_context *context)
{
    return session_store_settings(context->dispatch->sessions)->after_login;
}

void built_in_logout_visit_send(const struct request_context *context, struct text url)
{
    struct reply_field fields[] = {
        {"location", url},
        {"cache-control", TEXT("no-store")},
        {"referrer-policy", TEXT("no-referrer")},
    };

    reply_send(context->request,
               &(struct reply){.status = 303, .fields = fields, .field_count = 3});
}

/* The cookie. */

static struct text cookie_name(struct request_context *context)
{
    return session_cookie_login_name(&session_request_of(context)->cookie, TEXT(OIDC_LEAVE_SUFFIX),
                                     context->request->pool);
}

/* An empty value clears it. */
static void set_cookie(struct request_context *context, struct text value)
{
    struct pool *pool = context->request->pool;
    struct text line =
        session_cookie_login_line(&session_request_of(context)->cookie, TEXT(OIDC_LEAVE_SUFFIX),
                                  value, value.len > 0 ? OIDC_LEAVE_S : 0, pool);

    reply_add_field(context->request, (struct reply_field){"set-cookie", line});
}

bool built_in_logout_visit_offer(struct request_context *context, const struct session *session)
{
    const struct oidc *oidc = context->worker->oidc;
    const struct oidc_client *client =
        session->provider.len == 0 ? NULL : oidc_find(oidc, session->provider);
    struct oidc_leave leave = {.provider = session->provider, .id_token = session->id_token};

    if (client == NULL || !client->settings->sends_logout)
        return false;
    set_cookie(context, oidc_leave_seal(&leave, oidc->logout, cookie_name(context), clock_wall_s(),
                                        context->request->pool));
    return true;
}

/* The visit. */

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
    struct text origin = built_in_origin(context), after = built_in_logout_visit_home(context);
    struct oidc_redirect_leave leave = {
        .id_token = visit->leave.id_token,
        .after = pool_print(pool, "%.*s%.*s", TEXT_ARGS(origin), TEXT_ARGS(after)),
    };
    struct text url = oidc_redirect_logout(known, visit->client->settings, &leave, pool);

    built_in_logout_visit_send(context, url.at == NULL ? after : url);
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
    if (oidc_leave_open(oidc->logout, name, value, clock_wall_s(), context->request->pool,
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
        return built_in_origin_refuse(context);
    if (!open_leave(visit)) {
        built_in_logout_visit_send(context, built_in_logout_visit_home(context));
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
