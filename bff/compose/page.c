/* See page.h. */
#include "bff/base/text_builder.h"
#include "bff/base/check.h"
#include "bff/compose/page.h"
#include "bff/compose/page_budget.h"
#include "bff/compose/page_errand.h"
#include "bff/compose/page_faults.h"
#include "bff/compose/page_key.h"
#include "bff/compose/page_live.h"
#include "bff/compose/page_query.h"
#include "bff/compose/page_reply.h"
#include "bff/compose/page_serving.h"
#include "bff/compose/part_reports.h"
#include "bff/compose/run.h"
#include "bff/edge/balance_key.h"
#include "bff/http/baggage.h"
#include "bff/http/field.h"
#include "bff/http/request_id.h"
#include "bff/http/request_kept.h"
#include "bff/http/reply.h"
#include "bff/http/reply_wait.h"
#include "bff/session/session_cookie.h"

/* An object in the request's pool, which is disposed of when the request ends. */
struct holder {
    struct page_serving *serving;
    struct request *request;
};

/* The client has left. What has changed nothing yet is cancelled. */
static void leave(struct page_serving *serving)
{
    if (page_errand_begin(serving))
        return;
    if (serving->run != NULL)
        run_cancel(serving->run);
    page_key_leave(serving);
    if (serving->ask.plan->changes)
        serving->request = NULL;
}

/* The server calls the observers later. So the reports are in the memory that the request has from
 * now on. */
static void report(const struct holder *holder)
{
    struct request *request = holder->request;
    size_t count = holder->serving->ask.plan->part_count;

    if (holder->serving->run == NULL || request->worker->common->on_over == NULL)
        return;
    struct part_report *reports = pool_take(request->pool, count * sizeof(*reports));
    part_reports_make(holder->serving->run, request->pool, reports);
    request->parts = reports;
    request->part_count = count;
    page_budget_report(holder->serving, request);
    if (request->is_recorded)
        part_reports_record(holder->serving->run, request, reports);
    holder->serving->run_request.is_recorded = false;
}

/* The request ends, for any reason, or its memory does. */
static void dispose(void *object)
{
    struct holder *holder = object;

    if (holder->serving->request != NULL)
        leave(holder->serving);
    if (holder->serving->live != NULL)
        page_live_free(holder->serving->live);
    report(holder);
    page_errand_release(holder->serving);
}

/* The calls' headers. */

static void put_line(struct text_builder *out, struct request *request, const char *name)
{
    struct text value = request_header(request, name);

    if (value.at != NULL && field_is_value(value))
        text_builder_field(out, text_of(name), value);
}

static struct text call_headers(const struct page_serving *serving)
{
    const struct mock_mode *mode = &serving->ask.pages->mock_mode;
    struct request *request = serving->request;
    struct text tracestate = request_id_tracestate(request), baggage = baggage_of(request);
    struct text_builder out;

    text_builder_init(&out, serving->pool, 256);
    text_builder_add(&out, TEXT("accept: application/json\r\naccept-encoding: identity\r\n"));
    text_builder_field(&out, TEXT("x-request-id"), request->id);
    if (tracestate.at != NULL)
        text_builder_field(&out, TEXT("tracestate"), tracestate);
    if (baggage.at != NULL)
        text_builder_field(&out, TEXT("baggage"), baggage);
    put_line(&out, request, "accept-language");
    if (serving->faults.rest.at != NULL)
        text_builder_field(&out, text_of(mock_mode_fault_header(mode)), serving->faults.rest);
    mock_mode_put(mode, request, &out);
    return text_builder_text(&out);
}

/* What ${service} learns of the caller. Only a token of ours is another one for each service. */
static struct text caller_lines(void *cookie, const struct bff_service *service)
{
    struct page_serving *serving = cookie;
    bool is_alike = serving->ask.caller->identity == NULL;
    struct text_builder out;

    if (is_alike && serving->caller.at != NULL)
        return serving->caller;
    text_builder_init(&out, serving->pool, is_alike ? 128 : 1024);
    caller_put(serving->ask.caller, service, &out);
    struct text lines = text_builder_text(&out);
    if (is_alike)
        serving->caller = lines;
    return lines;
}

/* Only the cache reads it, so a page without cached parts does without. */
static struct text caller_key(const struct page_ask *ask, struct pool *pool)
{
    for (size_t i = 0; ask->flights != NULL && i < ask->plan->part_count; i++)
        if (ask->plan->parts[i].cache.is_on)
            return caller_distinct(ask->caller, pool);
    return (struct text){0};
}

static struct text client_header(void *cookie, const char *name)
{
    const struct page_serving *serving = cookie;
    struct text value = serving->request == NULL ? page_errand_header(serving, name)
                                                 : request_header(serving->request, name);

    return caller_passes(serving->ask.caller, name, value);
}

/* Otherwise a service could give the browser the session of somebody else. */
static bool is_own_cookie(void *cookie, struct text line)
{
    const struct page_serving *serving = cookie;
    struct session_cookie own = {.name = serving->ask.caller->own_cookie};

    return session_cookie_is_set_by(&own, line);
}

static struct text key_for(void *cookie, const struct bff_service *service)
{
    const struct page_serving *serving = cookie;

    if (serving->request == NULL)
        return (struct text){0};
    return balance_key_for(serving->request, serving->ask.upstream, service);
}

/* From run to reply. */

/* Nothing was changed yet, so a key is freed. */
static void forbid(struct page_serving *serving)
{
    page_key_leave(serving);
    reply_error(serving->request, 403, "Forbidden");
}

static void answer(struct page_serving *serving)
{
    if (!serving->run->is_forbidden)
        page_budget_time(serving);
    if (serving->live != NULL && page_live_done(serving->live))
        return;
    if (serving->run->is_forbidden)
        forbid(serving);
    else
        page_reply_send(serving);
}

static void on_done(struct run *run, void *cookie)
{
    struct page_serving *serving = cookie;

    check_working_on(serving->id);
    answer(serving);
    check_working_on((struct text){0});
}

static void on_told(void *cookie)
{
    const struct page_serving *serving = cookie;

    check_working_on(serving->id);
    page_live_told(serving->live);
    check_working_on((struct text){0});
}

static void on_gone(void *cookie)
{
    struct page_serving *serving = cookie;

    leave(serving);
    if (serving->live != NULL)
        page_live_stop(serving->live);
}

/* Decides whether the user may see the answer of ${owner}. Only used when login is configured:
 * without login there is no user. */
static bool may_see(void *cookie, struct text owner)
{
    const struct page_serving *serving = cookie;
    struct access_rule rule = {
        .kind = ACCESS_OWNER, .whom = owner, .admin_role = serving->ask.pages->admin_role};

    return access_decide(rule, serving->ask.caller) == ACCESS_ALLOW;
}

struct access_rule page_access(const struct pages *pages, const struct plan *plan,
                               const struct text *params)
{
    const struct bff_composite *composite = plan->composite;
    struct access_rule rule = {.kind = ACCESS_NOBODY};

    switch (composite->access) {
    case BFF_ACCESS_MISSING:
        break;
    case BFF_PUBLIC:
        rule.kind = ACCESS_PUBLIC;
        break;
    case BFF_SIGNED_IN:
        rule.kind = ACCESS_SIGNED_IN;
        break;
    case BFF_ROLE:
        rule = (struct access_rule){.kind = ACCESS_ROLE, .whom = text_of(composite->role)};
        break;
    case BFF_OWNER:
        rule.kind = ACCESS_SIGNED_IN;
        if (plan->owner_param != PLAN_NO_PART)
            rule = (struct access_rule){.kind = ACCESS_OWNER,
                                        .whom = params[plan->owner_param],
                                        .admin_role = pages->admin_role};
        break;
    case BFF_SCOPE:
        rule = plan->scopes;
        break;
    case BFF_KEY:
        rule.kind = ACCESS_KEY;
        break;
    }
    return rule;
}

static void start(struct page_serving *serving)
{
    serving->run = run_start(&serving->run_request, on_done, serving);
}

static void start_to_read(struct page_serving *serving)
{
    reply_add_field(serving->request, (struct reply_field){"vary", TEXT("Accept")});
    serving->live = page_live_make(serving);
    if (serving->live != NULL)
        serving->run_request.told = on_told;
    start(serving);
    if (serving->live != NULL)
        page_live_told(serving->live);
}

static struct page_serving *plain_serving(struct request *request, const struct page_ask *ask)
{
    struct page_serving *serving = pool_zero(request->pool, sizeof(*serving));

    serving->pool = request->pool;
    serving->ask = *ask;
    serving->request = request;
    serving->id = request->id;
    serving->traceparent = request->traceparent;
    return serving;
}

static struct page_serving *new_serving(struct request *request, const struct page_ask *ask,
                                        struct page_query *query)
{
    struct holder *holder = pool_shared(request->pool, sizeof(*holder), dispose);

    holder->request = request;
    holder->serving =
        ask->plan->changes ? page_errand_new(request, ask, query) : plain_serving(request, ask);
    return holder->serving;
}

static struct run_request run_request_of(struct page_serving *serving,
                                         const struct page_query *query)
{
    const struct request *request = serving->request;
    const struct page_ask *ask = &serving->ask;

    return (struct run_request){
        .plan = ask->plan,
        .pool = serving->pool,
        .upstream = ask->upstream,
        .timers = worker_timers(request->worker),
        .params = ask->params,
        .input = ask->input,
        .query = query->values,
        .choice = query->choice,
        .headers = call_headers(serving),
        .caller_lines = caller_lines,
        .caller_key = caller_key(ask, serving->pool),
        .traceparent = serving->traceparent,
        .traces_parts = request->is_traced,
        .until_ns = ask->until_ns,
        .client_header = client_header,
        .balance_key = key_for,
        .flights = ask->flights,
        .may_see = ask->has_login ? may_see : NULL,
        .cookie = serving,
        .is_own_cookie = ask->caller->own_cookie.at != NULL ? is_own_cookie : NULL,
        .change_hash = serving->key_hash,
        .faults = serving->faults.first,
        .is_recorded = request->is_recorded && request->worker->common->on_over != NULL,
        .request_id = serving->id,
        .body_limit = ask->pages->body_limit,
        .depth_limit = ask->pages->depth_limit,
    };
}

static void serve(struct request *request, const struct page_ask *ask)
{
    struct page_serving *serving;
    struct page_query query;

    if (!page_query_take(request, ask->plan, &query))
        return;
    if (request->is_recorded && ask->input.at != NULL)
        request_kept_body(request, json_raw(ask->input));
    serving = new_serving(request, ask, &query);
    if (!page_faults_take(serving))
        return;
    serving->run_request = run_request_of(serving, &query);
    reply_wait_begin(request, REPLY_WAIT_FOR_WORK, on_gone, serving); /* the budget */
    if (ask->plan->changes)
        page_key_begin(serving, start);
    else
        start_to_read(serving);
}

void page_serve(struct request *request, const struct page_ask *ask)
{
    if (!ask->plan->changes && page_live_is_repeated(request))
        reply_send(request, &(struct reply){.status = 204});
    else
        serve(request, ask);
}
