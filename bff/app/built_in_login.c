/* See built_in_login.h. */
#include "bff/app/built_in_login.h"
#include "bff/app/built_in_origin.h"
#include "bff/app/session_request.h"
#include "bff/base/clock.h"
#include "bff/http/reply.h"
#include "bff/session/oidc.h"
#include "bff/session/oidc_form.h"
#include "bff/session/oidc_redirect.h"
#include "bff/session/oidc_return.h"
#include "bff/session/oidc_transaction.h"

#define CLEARED_MOST 4 /* cookies of old logins, by one answer */

struct page {
    struct request_context *context;
    struct oidc_client *client;
    struct text return_url;
    struct oidc_client_wait wait;
};

static enum step_result refuse(struct request_context *context, int status, const char *message)
{
    return pipeline_refuse(&context->pipeline,
                           (struct refusal){.status = status, .message = message});
}

/* The answer. */

static void add_cookie(struct request *request, struct text line)
{
    reply_add_field(request, (struct reply_field){"set-cookie", line});
}

/* The browser keeps what this login needs. Old logins make room for it. */
static void set_cookies(const struct page *page, const struct oidc_transaction *transaction)
{
    struct request *request = page->context->request;
    const struct session_cookie *cookie = &session_request_of(page->context)->cookie;
    const struct session_seal *seal = page->context->worker->oidc->login;
    struct text old[CLEARED_MOST];
    size_t count = oidc_transaction_excess(seal, cookie, request_header(request, "cookie"),
                                           transaction->began_s, request->pool, old, CLEARED_MOST);

    for (size_t i = 0; i < count; i++)
        add_cookie(request, session_cookie_login_line(cookie, old[i], TEXT(""), 0, request->pool));
    struct text suffix = oidc_transaction_suffix(transaction->state, request->pool);
    struct text name = session_cookie_login_name(cookie, suffix, request->pool);
    struct text value = oidc_transaction_seal(transaction, seal, name, request->pool);
    add_cookie(request,
               session_cookie_login_line(cookie, suffix, value, OIDC_TRANSACTION_S, request->pool));
}

static void answer(struct page *page, const struct discovery *known)
{
    struct request *request = page->context->request;
    struct oidc_transaction transaction = {
        .provider = page->client->settings->name,
        .redirect_uri = pool_print(request->pool, "%.*s" BUILT_IN_LOGIN_CALLBACK,
                                   TEXT_ARGS(built_in_origin(page->context))),
        .return_url = page->return_url,
        .began_s = clock_wall_s(),
    };

    oidc_transaction_random(&transaction, request->pool);
    set_cookies(page, &transaction);
    struct reply_field fields[] = {
        {"location",
         oidc_redirect_login(known, page->client->settings, &transaction, request->pool)},
        {"cache-control", TEXT("no-store")},
        {"referrer-policy", TEXT("no-referrer")},
    };
    reply_send(request, &(struct reply){.status = 303, .fields = fields, .field_count = 3});
}

/* What is known of the provider. */

static void on_known(struct oidc_client_wait *wait, const struct discovery *known)
{
    struct page *page = H2O_STRUCT_FROM_MEMBER(struct page, wait, wait);
    struct request_context *context = page->context;

    if (known == NULL) {
        pipeline_resume(&context->pipeline,
                        pipeline_refuse(&context->pipeline, refusal_away(BUILT_IN_LOGIN_AWAY)));
        return;
    }
    pipeline_answer(&context->pipeline);
    answer(page, known);
}

static void cancel(void *state) { oidc_client_wait_end(&((struct page *)state)->wait); }

static enum step_result look(struct page *page)
{
    const struct discovery *known = oidc_client_known(page->client);

    if (known != NULL) {
        answer(page, known);
        return STEP_ANSWERED;
    }
    page->wait.done = on_known;
    oidc_client_wait(page->client, &page->wait);
    return pipeline_wait(&page->context->pipeline,
                         (struct pipeline_wait){.state = page, .cancel = cancel});
}

/* The question. */

bool built_in_login_is_there(const struct dispatch *dispatch)
{
    return dispatch->sessions != NULL &&
           session_store_settings(dispatch->sessions)->provider_count > 0;
}

enum step_result built_in_login(struct request_context *context)
{
    struct request *request = context->request;
    struct page *page = pool_zero(request->pool, sizeof(*page));
    struct oidc_param params[] = {{"provider", {0}}, {"returnUrl", {0}}};

    if (!built_in_origin_is_visit(context))
        return built_in_origin_refuse(context);
    if (oidc_form_read(request->query, request->pool, params, 2) != 0 ||
        built_in_origin(context).at == NULL)
        return refuse(context, 400, "Bad request");
    page->context = context;
    page->client = oidc_find(context->worker->oidc, params[0].value);
    if (page->client == NULL)
        return params[0].value.at == NULL ? refuse(context, 400, "No provider named")
                                          : refuse(context, 404, "Unknown provider");
    page->return_url = params[1].value;
    if (page->return_url.at == NULL)
        page->return_url = session_store_settings(context->dispatch->sessions)->after_login;
    else if (!oidc_return_is_safe(page->return_url))
        return refuse(context, 400, "Invalid returnUrl");
    return look(page);
}
