/* See endpoint.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/compose/answer.h"
#include "bff/compose/endpoint.h"
#include "bff/compose/parts_log.h"
#include "bff/compose/run.h"
#include "bff/http/reply.h"
#include "bff/http/watch.h"

/* A composite under way; lies in the request's memory. */
struct serving {
    const struct endpoints *endpoints;
    struct request *request;
    struct route_match match;
    struct run *run;
    struct watch watch;
};

/* The request goes, for whatever reason: nothing of it may be called back any more. */
static void dispose(void *object)
{
    struct serving *serving = object;

    watch_end(&serving->watch);
    if (serving->run != NULL)
        run_cancel(serving->run);
}

/* ---- the calls' headers -----------------------------------------------------------------------
 */

/* A client's field may be passed on when it could have been written by us. */
static bool is_passable(struct text value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] < 0x20 || value.at[i] == 0x7f)
            return false;
    return value.at != NULL;
}

static struct text line(struct request *request, const char *name, const char *header)
{
    struct text value = request_header(request, header);

    if (!is_passable(value))
        return TEXT("");
    return pool_print(request->pool, "%s: %.*s\r\n", name, TEXT_ARGS(value));
}

static struct text call_headers(const struct serving *serving)
{
    static const char fixed[] = "accept: application/json\r\naccept-encoding: identity\r\n";
    struct request *request = serving->request;
    struct text parts[] = {
        TEXT(fixed),
        TEXT("traceparent: "),
        request->traceparent,
        TEXT("\r\nx-request-id: "),
        request->id,
        TEXT("\r\n"),
        line(request, "accept-language", "accept-language"),
        serving->endpoints->is_mock ? line(request, "x-mock", "x-mock") : TEXT(""),
    };
    size_t count = sizeof(parts) / sizeof(parts[0]), bytes = 0;

    for (size_t i = 0; i < count; i++)
        bytes += parts[i].len;
    char *all = pool_take(request->pool, bytes), *end = all;
    for (size_t i = 0; i < count; i++)
        end = (char *)memcpy(end, parts[i].at, parts[i].len) + parts[i].len;
    return (struct text){all, bytes};
}

static struct text client_header(void *cookie, const char *name)
{
    struct serving *serving = cookie;

    return request_header(serving->request, name);
}

/* ---- from run to reply ------------------------------------------------------------------------
 */

static void send_answer(struct serving *serving)
{
    struct request *request = serving->request;
    struct answer answer;

    answer_make(serving->run, serving->endpoints->server, request->id, clock_wall_ms(), &answer);
    struct reply_field fields[] = {
        {"content-type", TEXT("application/json; charset=utf-8")},
        {"cache-control", text_of(answer.cache_control)},
        {"server-timing", answer.server_timing},
        {"proxy-status", answer.proxy_status},
        {"retry-after", answer.retry_after},
    };
    reply_send(request, &(struct reply){
                            .status = answer.status,
                            .fields = fields,
                            .field_count = sizeof(fields) / sizeof(fields[0]),
                            .body = answer.body.rows,
                            .body_count = answer.body.count,
                        });
}

static void on_done(struct run *run, void *cookie)
{
    struct serving *serving = cookie;

    check_working_on(serving->request->id);
    send_answer(serving);
    check_working_on((struct text){0});
}

static void on_gone(struct watch *watch)
{
    struct serving *serving = H2O_STRUCT_FROM_MEMBER(struct serving, watch, watch);

    run_cancel(serving->run);
    reply_nobody(serving->request);
}

static void start(struct serving *serving, struct upstream *upstream)
{
    struct request *request = serving->request;
    const struct endpoints *endpoints = serving->endpoints;
    /* In the pool itself: the access log reads the run when ${serving} is gone already. */
    struct run_request *run_request = pool_take(request->pool, sizeof(*run_request));

    *run_request = (struct run_request){
        .plan = serving->match.route->target,
        .pool = request->pool,
        .upstream = upstream,
        .timers = worker_timers(request->worker),
        .params = serving->match.params,
        .headers = call_headers(serving),
        .client_header = client_header,
        .cookie = serving,
        .body_limit = endpoints->body_limit,
        .depth_limit = endpoints->depth_limit,
    };
    watch_begin(&serving->watch, request, on_gone);
    serving->run = run_start(run_request, on_done, serving);
    request->log_parts = parts_log;
    request->parts = serving->run;
}

/* ---- from request to run ----------------------------------------------------------------------
 */

/* OPTIONS that is no preflight is answered for every path that there is. */
static void refuse_method(struct request *request, struct text methods)
{
    struct text allow = pool_print(request->pool, "%.*s, OPTIONS", TEXT_ARGS(methods));

    if (text_is(request->method, "OPTIONS"))
        reply_options(request, allow);
    else
        reply_not_allowed(request, allow);
}

void endpoint_serve(const struct endpoints *endpoints, struct request *request,
                    struct upstream *upstream)
{
    struct serving *serving = pool_shared(request->pool, sizeof(*serving), dispose);

    serving->endpoints = endpoints;
    serving->request = request;
    switch (route_find(endpoints->routes, endpoints->count, request->pool, request->method,
                       request->path, &serving->match)) {
    case ROUTE_FOUND:
        start(serving, upstream);
        break;
    case ROUTE_BAD_PARAMETER:
        reply_error(request, 400, "Bad request");
        break;
    case ROUTE_OTHER_METHOD:
        refuse_method(request, serving->match.allow);
        break;
    case ROUTE_NONE:
        reply_error(request, 404, "Not found");
        break;
    }
}
