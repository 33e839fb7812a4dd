/* See built_in_backchannel.h. */
#include "bff/app/built_in_backchannel.h"
#include "bff/app/built_in_login.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/edge/revocation_tell.h"
#include "bff/http/reply.h"
#include "bff/session/oidc.h"
#include "bff/session/oidc_claims.h"
#include "bff/session/oidc_form.h"
#include "bff/session/oidc_keys.h"
#include "bff/session/session_revocation.h"
#include "bff/session/session_store.h"

struct page {
    struct request_context *context;
    struct oidc_client *client;
    struct jwt token;
    struct oidc_claims_logout logout;
    struct oidc_keys_ask keys;
    struct text once; /* the name of the token for its one use */
    struct oidc_used_ask used;
    struct revocation_tell tell;
};

static struct text provider_of(const struct page *page)
{
    return page->client == NULL ? TEXT("unknown") : page->client->settings->name;
}

static void log_done(const struct page *page)
{
    log_event("backchannel_logout",
              (struct log_field[]){
                  {"provider", .text = provider_of(page)},
                  {"reason", .text = page->logout.sid.len > 0 ? TEXT("sid") : TEXT("sub")},
                  {"request_id", .text = page->context->request->id},
                  {0},
              });
}

static void log_failure(const struct page *page, const char *fault)
{
    log_event("backchannel_logout_failed", (struct log_field[]){
                                               {"provider", .text = provider_of(page)},
                                               {"reason", .text = text_of(fault)},
                                               {"request_id", .text = page->context->request->id},
                                               {0},
                                           });
}

static enum step_result fail(struct page *page, const char *fault)
{
    log_failure(page, fault);
    return pipeline_refuse(&page->context->pipeline,
                           (struct refusal){.status = 400, .message = "Invalid logout token"});
}

static enum step_result fail_away(struct page *page, const char *fault, const char *message)
{
    log_failure(page, fault);
    return pipeline_refuse(&page->context->pipeline, refusal_away(message));
}

/* STEP_PASS here means that all is done; so it becomes the answer. */
static enum step_result answered(struct page *page)
{
    struct reply_field field = {"cache-control", TEXT("no-store")};

    log_done(page);
    reply_send(page->context->request,
               &(struct reply){.status = 200, .fields = &field, .field_count = 1});
    return STEP_ANSWERED;
}

static void go_on(struct page *page, enum step_result result)
{
    if (result == STEP_PASS) {
        pipeline_answer(&page->context->pipeline);
        answered(page);
    } else if (result != STEP_WAITS) {
        pipeline_resume(&page->context->pipeline, result);
    }
}

/* 3. The sessions end. */

/* The provider may send the same token again after a 503. */
static enum step_result told(struct page *page, bool is_told)
{
    if (is_told)
        return STEP_PASS;
    oidc_used_forget(page->context->worker->oidc->used, page->once);
    return fail_away(page, "redis", "Session store unavailable");
}

static void on_told(struct revocation_tell *tell, bool is_told)
{
    struct page *page = H2O_STRUCT_FROM_MEMBER(struct page, tell, tell);

    go_on(page, told(page, is_told));
}

/* The user's id is the provider's `sub`, unless the operator has chosen other claims. A logout
 * token has no other claims of the user. */
static bool is_user_sub(const struct session_provider_settings *settings)
{
    return settings->user.count == 0 || strcmp(settings->user.at[0], "sub") == 0;
}

static enum step_result end_sessions(struct page *page)
{
    const struct request_context *context = page->context;
    struct pool *pool = context->request->pool;
    int64_t keep_s = session_store_settings(context->dispatch->sessions)->absolute_s;
    const struct session_provider_settings *provider = page->client->settings;
    bool has_sid = page->logout.sid.len > 0;
    struct revocation_record record = {
        .kind = has_sid ? REVOCATION_PROVIDER_SID : REVOCATION_PROVIDER_SUB,
        .what = revocation_of_provider(pool, provider->name,
                                       has_sid ? page->logout.sid : page->logout.sub),
    };

    if (!has_sid && !is_user_sub(provider))
        return fail(page, "sub_only");
    revocation_record_complete(&record, clock_wall_s(), keep_s + SESSION_REVOCATION_CLOCKS_S);
    page->tell.done = on_told;
    switch (revocation_tell_run(revocation_of_view(context->worker->revocations),
                                context->worker->redis, &page->tell, pool, &record,
                                clock_wall_s())) {
    case REVOCATION_TOLD_HERE:
        return STEP_PASS;
    case REVOCATION_TOLD_WAIT:
        return STEP_WAITS;
    case REVOCATION_TOLD_NOT:
        break;
    }
    return told(page, false);
}

/* 2. The provider has signed it: it is for one use. */

static enum step_result used(struct page *page, enum oidc_used_end end)
{
    if (end == OIDC_USED_WAITS)
        return STEP_WAITS;
    return end == OIDC_USED_AGAIN ? fail(page, "replay") : end_sessions(page);
}

static void on_used(struct oidc_used_ask *ask, enum oidc_used_end end)
{
    go_on(ask->cookie, used(ask->cookie, end));
}

static enum step_result check(struct page *page)
{
    const struct request_context *context = page->context;
    struct pool *pool = context->request->pool;
    const char *fault = oidc_claims_read_logout(&page->token, page->client->settings,
                                                clock_wall_s(), pool, &page->logout);

    if (fault != NULL)
        return fail(page, fault);
    if (context->worker->revocations == NULL)
        return fail(page, "revocation_off");
    page->once = pool_print(pool, "logout %.*s %.*s", TEXT_ARGS(page->client->settings->name),
                            TEXT_ARGS(page->logout.jti));
    page->used.done = on_used;
    page->used.cookie = page;
    return used(page, oidc_used_ask(context->worker->oidc->used, context->worker->redis,
                                    &page->used, page->once, clock_wall_s(), page->logout.until_s));
}

static enum step_result verified(struct page *page, enum oidc_keys_end end)
{
    switch (end) {
    case OIDC_KEYS_GOOD:
        return check(page);
    case OIDC_KEYS_WAITS:
        return STEP_WAITS;
    case OIDC_KEYS_DOWN:
        return fail_away(page, "keys", BUILT_IN_LOGIN_AWAY);
    case OIDC_KEYS_BAD:
        break;
    }
    return fail(page, "signature");
}

static void on_keys(struct oidc_keys_ask *ask, enum oidc_keys_end end)
{
    go_on(ask->cookie, verified(ask->cookie, end));
}

/* 1. The token is there, and names a provider of ours. */

static struct oidc_client *find_client(const struct oidc *oidc, const struct jwt *token,
                                       struct pool *pool)
{
    for (size_t i = 0; i < oidc->count; i++)
        if (oidc_claims_names(token, oidc->clients[i]->settings, pool))
            return oidc->clients[i];
    return NULL;
}

static bool read_token(struct page *page)
{
    struct request *request = page->context->request;
    struct oidc_param param = {"logout_token", {0}};
    struct text type = request_header(request, "content-type");

    if (!text_equal_nocase(text_trim(text_cut(&type, ';')),
                           TEXT("application/x-www-form-urlencoded")))
        return false;
    return oidc_form_read(request_body(request), request->pool, &param, 1) == 0 &&
           param.value.at != NULL &&
           jwt_read(param.value, OIDC_CLIENT_ALGORITHMS, request->pool, &page->token) == 0;
}

static void cancel(void *state)
{
    struct page *page = state;

    oidc_keys_cancel(&page->keys);
    oidc_used_cancel(&page->used);
    revocation_tell_cancel(&page->tell);
}

enum step_result built_in_backchannel(struct request_context *context)
{
    struct page *page = pool_zero(context->request->pool, sizeof(*page));
    enum step_result result;

    page->context = context;
    if (!read_token(page))
        return fail(page, "logout_token");
    page->client = find_client(context->worker->oidc, &page->token, context->request->pool);
    if (page->client == NULL)
        return fail(page, "issuer");
    page->keys.done = on_keys;
    page->keys.cookie = page;
    result = verified(page, oidc_keys_verify(page->client, &page->keys, &page->token));
    if (result == STEP_PASS)
        return answered(page);
    return result != STEP_WAITS
               ? result
               : pipeline_wait(&context->pipeline,
                               (struct pipeline_wait){.state = page, .cancel = cancel});
}
