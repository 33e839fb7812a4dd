/* See proxy.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/method.h"
#include "bff/http/reply.h"
#include "bff/http/reply_stream.h"
#include "bff/http/reply_wait.h"
#include "bff/http/worker_settings.h"
#include "bff/observe/route_report.h"
#include "bff/proxy/proxy.h"
#include "bff/proxy/proxy_answer.h"
#include "bff/proxy/proxy_request.h"
#include "bff/proxy/tunnel.h"
#include "bff/upstream/call.h"

/*
 * A request that is being passed on. Its memory is not that of the request, because a tunnel
 * outlives its request. Until it becomes a tunnel, it is freed when the request ends (struct
 * holder).
 */
struct passing {
    struct request *request; /* NULL after the request has ended: then only the tunnel is left */
    struct worker_settings
        *settings; /* with a reference: a tunnel uses them after its request has ended */
    struct proxy_ask ask;
    struct call_ask call_ask;
    struct call call;
    struct reply_stream stream;
    struct tunnel tunnel;
    bool is_tunnel;
    struct route_report *report; /* in the request's pool */
};

static void free_passing(struct passing *passing)
{
    call_cancel(&passing->call);
    reply_stream_free(&passing->stream);
    tunnel_free(&passing->tunnel);
    worker_settings_release(passing->settings);
    memory_free(passing);
}

/* From the client. */

static void on_gone(void *cookie) { call_cancel(&((struct passing *)cookie)->call); }

static void on_ready(void *cookie) { call_resume(&((struct passing *)cookie)->call); }

static void on_tunnel_over(void *cookie) { free_passing(cookie); }

static void on_written(void *cookie) { tunnel_written(&((struct passing *)cookie)->tunnel); }

static const struct tunnel_owner tunnel_owner = {.over = on_tunnel_over, .written = on_written};

/* From the service. */

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct passing *passing = cookie;
    bool is_tunnel = head->status == 101;

    /* The rest of the request to the service is still in the request's memory, and a tunnel
     * outlives that memory. So there can be no tunnel yet. */
    if (is_tunnel && (!call_is_sent(&passing->call) || !proxy_answer_is_websocket(head))) {
        *why = REASON_BAD_HTTP;
        return -1;
    }
    proxy_answer_head(passing->request, &passing->ask, head);
    passing->is_tunnel = is_tunnel;
    passing->report->is_cancelled = !is_tunnel;
    if (is_tunnel)
        tunnel_begin(&passing->tunnel, passing->request, &passing->call, &tunnel_owner);
    else
        reply_stream_begin(&passing->stream, passing->request, on_ready, passing);
    return 0;
}

/* The body cannot be longer than its Content-Length, because the exchange checks that. */
static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct passing *passing = cookie;
    struct text body = {bytes, len};

    if (passing->is_tunnel)
        tunnel_more(&passing->tunnel, body);
    else if (!reply_stream_more(&passing->stream, body))
        call_pause(&passing->call);
    return 0;
}

static void on_flush(void *cookie)
{
    struct passing *passing = cookie;

    if (passing->is_tunnel)
        tunnel_flush(&passing->tunnel);
    else if (reply_stream_has_begun(&passing->stream))
        reply_stream_flush(&passing->stream);
}

static void refuse(struct passing *passing, enum reason reason)
{
    struct request *request = passing->request;
    int status = reason_answer_status(reason, 0);
    const char *message = status == 504   ? "Gateway timeout"
                          : status == 503 ? "Service temporarily unavailable"
                                          : "Bad gateway";

    reply_add_field(request,
                    (struct reply_field){"retry-after", text_of(reason_retry_after(reason))});
    reply_error_with(
        request, status, message,
        (struct reply_field){
            "proxy-status",
            pool_print(request->pool, "%.*s; error=%s; details=\"%s %s\"",
                       TEXT_ARGS(passing->ask.settings->server), reason_proxy_error(reason),
                       passing->ask.route->service->name, reason_name(reason)),
        });
}

static void on_end(void *cookie, enum reason reason)
{
    struct passing *passing = cookie;

    if (passing->is_tunnel) {
        tunnel_end(&passing->tunnel);
        return;
    }
    passing->report->is_cancelled = false;
    passing->report->reason = reason;
    if (!reply_stream_has_begun(&passing->stream))
        refuse(passing, reason);
    else if (reason == REASON_NONE)
        reply_stream_end(&passing->stream);
    else
        reply_stream_cut(&passing->stream);
}

static const struct exchange_sink sink = {
    .head = on_head,
    .body = on_body,
    .flush = on_flush,
    .end = on_end,
};

/* Life. */

/* An object in the request's pool, which frees the passing when the request ends. */
struct holder {
    struct passing *passing;
};

static void report_call(const struct call *call, struct route_report *out)
{
    if (call->endpoint != NULL)
        out->endpoint = text_of(call->endpoint->at->authority);
    out->retries = call->retries;
}

static struct route_report *new_report(struct pool *pool, const struct plain_route *route)
{
    struct route_report *report = pool_take(pool, sizeof(*report));

    *report = (struct route_report){.service = text_of(route->service->name), .is_cancelled = true};
    return report;
}

/* The request has ended. A tunnel goes on without it. */
static void dispose(void *object)
{
    struct passing *passing = ((struct holder *)object)->passing;

    report_call(&passing->call, passing->report);
    if (passing->is_tunnel)
        passing->request = NULL;
    else
        free_passing(passing);
}

void proxy_serve(struct request *request, const struct proxy_ask *ask)
{
    const struct plain_route *route = ask->route;
    struct holder *holder = pool_shared(request->pool, sizeof(*holder), dispose);
    struct passing *passing = memory_new(sizeof(*passing));
    bool wants_upgrade = proxy_request_wants_upgrade(request, route);

    holder->passing = passing;
    passing->request = request;
    passing->settings = worker_settings_hold(request->settings);
    passing->ask = *ask;
    passing->report = new_report(request->pool, route);
    request->passed = passing->report;
    passing->call_ask = (struct call_ask){
        .service = route->service,
        .method = request->method,
        .target = plain_route_target(request->pool, route, ask->path, request->query),
        .host = route->keeps_host ? request->host : (struct text){0},
        .headers = proxy_request_fields(request, ask),
        .traceparent = request->traceparent,
        .body = request_body(request),
        .may_repeat = method_is_idempotent(request->method) && !wants_upgrade,
        .wants_upgrade = wants_upgrade,
        .first_byte_ms = route->first_byte_ms,
        .idle_ms = route->idle_ms > 0 ? route->idle_ms : PLAIN_IDLE_MS,
    };
    reply_wait_begin(request, on_gone, passing);
    call_start(&passing->call, ask->upstream, &passing->call_ask, &sink, passing);
}
