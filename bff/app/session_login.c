/* See session_login.h. */
#include "bff/app/session_login.h"
#include "bff/app/request_steps.h"
#include "bff/app/session_login_answer.h"
#include "bff/app/session_request.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/path_reading.h"
#include "bff/edge/balance_key.h"
#include "bff/http/reply.h"
#include "bff/http/reply_wait.h"
#include "bff/observe/route_report.h"
#include "bff/proxy/proxy_request.h"
#include "bff/session/session_csrf.h"
#include "bff/session/session_settings.h"
#include "bff/upstream/fetch.h"

#define BODY_MOST ((size_t)256 * 1024) /* bytes of the service's answer */

/* The fetch under way may have begun before the provider had the key. So a token may ask again. */
#define ASKS_MAX 2

/* A login that is under way. It is in the request's pool. */
struct session_login {
    struct request_context *context;
    struct plain_route route; /* a copy, which asks for an answer without compression */
    struct proxy_ask ask;
    struct fetch_ask fetch_ask;
    struct fetch fetch;
    struct session_login_answer answer;
    bool is_login;               /* the answer makes a session */
    struct key_source_wait keys; /* while the key of the token is fetched */
    unsigned asks;               /* for keys */
};

static const struct session_login_settings *settings_of(const struct request_context *context)
{
    return &session_store_settings(context->dispatch->sessions)->login;
}

/* True when some reader of paths takes both for the same. */
static bool is_same_path(struct pool *pool, struct text a, struct text b)
{
    return text_equal_nocase(path_reading_lenient(pool, a), path_reading_lenient(pool, b));
}

static bool is_at_login(const struct request_context *context)
{
    struct text login = settings_of(context)->path;

    return login.at != NULL && is_same_path(context->request->pool, context->request->path, login);
}

/* True when the service would get what this server sends it for new tokens. */
static bool is_refresh(const struct request_context *context)
{
    const struct session_login_settings *settings = settings_of(context);
    const struct plain_route *route = context->found.route;
    struct pool *pool = context->request->pool;

    return settings->refresh_service != NULL && route->service == settings->refresh_service &&
           is_same_path(pool,
                        plain_route_target(pool, route, context->found.path, (struct text){0}),
                        settings->refresh_path);
}

bool session_login_is_asked(const struct request_context *context)
{
    return context->dispatch->sessions != NULL && !session_csrf_is_safe(context->request->method) &&
           is_at_login(context);
}

bool session_login_may_answer(const struct request_context *context)
{
    const struct found *found = &context->found;

    if (context->dispatch->sessions == NULL || found->kind != FOUND_ROUTE ||
        text_is(context->request->method, "HEAD"))
        return false;
    return found->is_session_login || is_at_login(context) ||
           (context->caller.is_session && is_refresh(context));
}

/* The end of the call, for the log. */
static void report(struct session_login *login, bool is_cancelled)
{
    struct request *request = login->context->request;
    struct route_report *made = pool_take(request->pool, sizeof(*made));

    *made = (struct route_report){
        .service = text_of(login->route.service->name),
        .reason = login->fetch.reason,
        .is_cancelled = is_cancelled,
        .attempts = attempts_report_make(&login->fetch.call, request->pool),
    };
    request->passed = made;
}

static void dispose(void *object)
{
    struct session_login *login = object;

    if (login->context->request->passed == NULL)
        report(login, true);
    fetch_release(&login->fetch);
    key_source_worker_cancel(&login->keys);
}

static void on_gone(void *cookie)
{
    struct session_login *login = cookie;

    fetch_release(&login->fetch);
    key_source_worker_cancel(&login->keys);
    session_request_cancel(login->context);
}

/* The answer. */

/* The service has given no answer that can be used. */
static void refuse(struct session_login *login, enum reason reason)
{
    int status = reason_answer_status(reason, 0);

    reply_error(login->context->request, status,
                status == 504   ? "Gateway timeout"
                : status == 503 ? REFUSAL_UNAVAILABLE
                                : "Bad gateway");
}

/* The answer of the service is a mistake of the operator's, or an attack. */
static void refuse_answer(struct session_login *login, struct text why)
{
    log_event("session_login_failed",
              (struct log_field[]){{"service", .text = text_of(login->route.service->name)},
                                   {"reason", .text = why},
                                   {"request_id", .text = login->context->request->id},
                                   {0}});
    refuse(login, REASON_BAD_HTTP);
}

static void log_login(const struct session_login *login)
{
    const struct request *request = login->context->request;

    log_event("session_login",
              (struct log_field[]){{"service", .text = text_of(login->route.service->name)},
                                   {"user", .text = request->user},
                                   {"request_id", .text = request->id},
                                   {0}});
}

static void settle(struct session_login *login, enum session_store_end end)
{
    struct request_context *context = login->context;
    struct refusal refusal;

    if (end == SESSION_STORE_OK) {
        context->request->user = context->session->session.user;
        log_login(login);
        session_login_answer_send(&login->answer, context->request, &login->ask);
        return;
    }
    refusal = session_request_refusal(end);
    reply_refusal(context->request, &refusal);
}

static void on_begun(struct request_context *context, enum session_store_end end)
{
    settle(context->session->page, end);
}

/* The session. */

/* Returns LOGIN_OK when the token that the service has given is good here. */
static enum login_verdict verdict_of(struct session_login *login, struct login_user *user,
                                     enum login_fault *fault, struct key_source_worker **wanted)
{
    const struct request_context *context = login->context;
    struct pool *pool = context->request->pool;
    struct text authorization =
        pool_print(pool, "Bearer %.*s", TEXT_ARGS(login->answer.tokens.access));
    struct login_request question = {
        .authorization = &authorization,
        .authorization_count = 1,
        .now_seconds = clock_wall_s(),
        .revocations = context->worker->revocations,
        .pool = pool,
    };

    return login_check_with(context->worker->login, &question, user, fault, wanted);
}

static void begin(struct session_login *login, const struct login_user *user)
{
    const struct session_tokens *tokens = &login->answer.tokens;
    struct request_context *context = login->context;
    enum session_store_end end;
    struct session session = {
        .user = user->id,
        .roles = user->roles,
        .scopes = user->scopes,
        .access = tokens->access,
        .refresh = tokens->refresh,
        .access_until_s =
            session_tokens_access_until_s(tokens, clock_wall_s(), context->request->pool),
    };
    end = session_request_begin(context, &session, on_begun);
    if (end != SESSION_STORE_WAITS)
        settle(login, end);
}

static void check_token(struct session_login *login);

static void on_keys(struct key_source_wait *wait)
{
    check_token(H2O_STRUCT_FROM_MEMBER(struct session_login, keys, wait));
}

/* The key of the token is not known: perhaps the service signs with a new one. */
static void ask_keys(struct session_login *login, struct key_source_worker *wanted,
                     enum login_fault fault)
{
    struct refusal away = refusal_away(REFUSAL_UNAVAILABLE);
    enum key_source_chance chance = KEY_SOURCE_NOT_NOW;
    unsigned retry_s;

    login->keys.done = on_keys;
    if (login->asks++ < ASKS_MAX)
        chance = key_source_worker_ask(wanted, &login->keys, &retry_s);
    if (chance == KEY_SOURCE_DOWN)
        reply_refusal(login->context->request, &away);
    else if (chance != KEY_SOURCE_UNDER_WAY)
        refuse_answer(login, text_of(login_fault_name(fault)));
}

static void check_token(struct session_login *login)
{
    struct key_source_worker *wanted;
    enum login_fault fault;
    struct login_user user;

    switch (verdict_of(login, &user, &fault, &wanted)) {
    case LOGIN_OK:
        begin(login, &user);
        break;
    case LOGIN_WAITS:
        ask_keys(login, wanted, fault);
        break;
    default:
        refuse_answer(login, text_of(login_fault_name(fault)));
    }
}

/* The call. */

static void on_head(void *cookie, const struct exchange_head *head)
{
    struct session_login *login = cookie;

    session_login_answer_head(&login->answer, login->context->request->pool, head);
}

/* The body is copied, because the answer is sent after the fetch has been freed. */
static void on_done(struct fetch *fetch, void *cookie)
{
    struct session_login *login = cookie;
    struct session_login_answer *answer = &login->answer;
    struct pool *pool = login->context->request->pool;
    struct text body =
        fetch->value == NULL ? (struct text){0} : pool_text(pool, fetch->value->text);

    report(login, false);
    if (fetch->reason != REASON_NONE)
        refuse(login, fetch->reason);
    else if (!session_login_answer_body(answer, pool, body, settings_of(login->context)))
        refuse_answer(login, TEXT("answer"));
    else if (answer->tokens.access.at == NULL || answer->head.status > 299 || !login->is_login)
        session_login_answer_send(answer, login->context->request, &login->ask);
    else
        check_token(login);
}

/* The service's answer must be read, so it must not be compressed. */
static void copy_route(struct session_login *login, const struct plain_route *route)
{
    struct pool *pool = login->context->request->pool;
    size_t count = route->request.count;
    struct plain_field *rows = pool_take(pool, (count + 1) * sizeof(*rows));

    if (count > 0)
        memcpy(rows, route->request.rows, count * sizeof(*rows));
    rows[count] = (struct plain_field){TEXT("accept-encoding"), TEXT("identity")};
    login->route = *route;
    login->route.request = (struct plain_fields){rows, count + 1};
}

static void describe(struct session_login *login)
{
    struct request *request = login->context->request;
    const struct plain_route *route = &login->route;
    struct upstream *upstream = login->context->worker->upstream;

    step_serve_describe(login->context, &login->ask);
    login->ask.route = route;
    login->fetch_ask = (struct fetch_ask){
        .service = route->service,
        .key = balance_key_for(request, upstream, route->service),
        .target = plain_route_target(request->pool, route, login->ask.path, request->query),
        .headers = proxy_request_fields(request, &login->ask),
        .method = request->method,
        .body = request_body(request),
        .traceparent = request->traceparent,
        .until_ns = login->context->until_ns,
        .breaker = route->breaker,
        .body_limit = BODY_MOST,
        .takes_failures = true,
        .takes_any = true,
        .head = on_head,
        .head_cookie = login,
    };
}

void session_login_serve(struct request_context *context)
{
    struct request *request = context->request;
    struct session_login *login = pool_shared(request->pool, sizeof(*login), dispose);

    login->context = context;
    login->is_login = context->found.is_session_login;
    login->answer.is_page_allowed = !login->is_login;
    session_request_of(context)->page = login;
    copy_route(login, context->found.route);
    describe(login);
    reply_wait_begin(request, REPLY_WAIT_FOR_WORK, on_gone, login);
    fetch_start(&login->fetch, context->worker->upstream, &login->fetch_ask, on_done, login);
}
