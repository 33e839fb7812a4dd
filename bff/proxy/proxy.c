/* See proxy.h. */
#include "bff/edge/balance_key.h"
#include "bff/http/method.h"
#include "bff/http/reply_wait.h"
#include "bff/proxy/proxy.h"
#include "bff/proxy/proxy_answer.h"
#include "bff/proxy/proxy_body.h"
#include "bff/proxy/proxy_cache.h"
#include "bff/proxy/proxy_errand.h"
#include "bff/proxy/proxy_fill.h"
#include "bff/proxy/proxy_invalidate.h"
#include "bff/proxy/proxy_mirror.h"
#include "bff/proxy/proxy_passing.h"
#include "bff/proxy/proxy_refuse.h"
#include "bff/proxy/proxy_request.h"

#define HALF_CLOSED_MS 5000 /* for the answer to a client that has ended its sending side */

/* From the client. */

static void on_gone(void *cookie)
{
    struct proxy_passing *passing = cookie;

    passing->is_left = true;
    if (!proxy_passing_goes_on(passing))
        call_cancel(&passing->call, CALL_NOT_NEEDED);
}

/* True while the service's answer is for the client. A client that has left may have got another
 * answer, such as a 504, which is still being sent. */
static bool has_client(const struct proxy_passing *passing)
{
    return passing->request != NULL && !passing->is_left;
}

static void on_ready(void *cookie) { call_resume(&((struct proxy_passing *)cookie)->call); }

static void on_tunnel_over(void *cookie) { proxy_passing_free(cookie); }

static void on_written(void *cookie) { tunnel_written(&((struct proxy_passing *)cookie)->tunnel); }

static const struct tunnel_owner tunnel_owner = {.over = on_tunnel_over, .written = on_written};

/* From the service. */

/* Ends the call, because nobody needs the rest of the response. This is no failure of the service,
 * so the reason is one that does not count. */
static int give_up(enum reason *why)
{
    *why = REASON_TOO_LARGE;
    return -1;
}

static void invalidate(const struct proxy_passing *passing, const struct exchange_head *head)
{
    if (passing->ask.cache != NULL && passing->texts != NULL)
        proxy_invalidate(passing->ask.cache->cache,
                         &(struct proxy_invalidate){.method = passing->call_ask.method,
                                                    .path = passing->ask.path,
                                                    .target = passing->call_ask.target,
                                                    .origin = passing->origin,
                                                    .rewrite = &passing->ask.route->rewrite,
                                                    .pool = passing->texts},
                         head);
}

/* What the head means for the fill. Returns false when the response is of no use. */
static bool fill_head(struct proxy_passing *passing, const struct exchange_head *head)
{
    enum proxy_fill_head is = proxy_fill_head(passing->fill, head);

    if (is == PROXY_FILL_WRONG) {
        passing->must_ask_again = true;
        return false;
    }
    if (has_client(passing) && is != PROXY_FILL_OVER)
        passing->is_from_entry = proxy_cache_answer_is_made(
            passing->ask.cached, proxy_fill_entry(passing->fill), is == PROXY_FILL_UPDATED);
    return true;
}

/* What the cache does with the head. Returns 1 when the client gets the head. */
static int read_head(struct proxy_passing *passing, const struct exchange_head *head,
                     enum reason *why)
{
    if (proxy_fill_is_on(passing->fill) && !fill_head(passing, head))
        return give_up(why);
    if (!has_client(passing))
        return passing->fill == NULL || proxy_passing_goes_on(passing) ? 0 : give_up(why);
    if (passing->is_from_entry || passing->ask.cached == NULL)
        return !passing->is_from_entry;
    *why = REASON_STATUS;
    if (proxy_cache_answer_is_stale(passing->ask.cached, REASON_STATUS, head->status))
        return -1;
    proxy_cache_answer_status(passing->ask.cached);
    return 1;
}

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct proxy_passing *passing = cookie;
    bool is_tunnel = head->status == 101;
    int next;

    passing->has_head = true;
    passing->status = head->status;
    if (passing->request == NULL)
        proxy_errand_limit(passing);
    invalidate(passing, head);
    next = read_head(passing, head, why);
    if (next != 1)
        return next;
    /* The rest of the request to the service is still in the request's memory, and a tunnel
     * outlives that memory. So there can be no tunnel yet. */
    if (is_tunnel && (!call_is_sent(&passing->call) || !proxy_answer_is_websocket(head))) {
        *why = REASON_BAD_HTTP;
        return -1;
    }
    if (proxy_passing_refuses(passing, head, why))
        return -1;
    proxy_answer_head(passing->request, &passing->ask, head);
    passing->is_tunnel = is_tunnel;
    passing->report.is_cancelled = !is_tunnel;
    if (is_tunnel)
        tunnel_begin(&passing->tunnel, passing->request, &passing->call, &tunnel_owner);
    else
        reply_stream_begin(&passing->stream, passing->request, on_ready, passing);
    return 0;
}

/* A slow client does not pause a call whose response is stored, because others may wait for it.
 * What the client has not taken yet is at most the route's max_body. When such clients leave too
 * much with the worker, nothing is stored for this one, and its call waits for it. */
static bool goes_ahead(struct proxy_passing *passing, size_t bytes)
{
    size_t *all = &passing->ask.cache->ahead_bytes;

    passing->ahead_bytes += bytes;
    *all += bytes;
    if (*all <= CACHE_WORKER_AHEAD_MAX)
        return true;
    proxy_fill_drop(passing->fill);
    return false;
}

static int pass_body(struct proxy_passing *passing, struct text body, enum reason *why)
{
    if (proxy_fill_is_on(passing->fill))
        proxy_fill_body(passing->fill, body);
    if (has_client(passing) && !passing->is_from_entry) {
        if (!reply_stream_more(&passing->stream, body) &&
            !(proxy_fill_is_on(passing->fill) && goes_ahead(passing, body.len)))
            call_pause(&passing->call);
        if (!reply_stream_is_broken(&passing->stream))
            return 0;
        *why = REASON_BAD_JSON;
        return -1;
    }
    return passing->fill == NULL || proxy_passing_goes_on(passing) ? 0 : give_up(why);
}

/* The body cannot be longer than its Content-Length, because the exchange checks that. */
static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct proxy_passing *passing = cookie;

    if (!passing->is_tunnel)
        return pass_body(passing, (struct text){bytes, len}, why);
    tunnel_more(&passing->tunnel, (struct text){bytes, len});
    return 0;
}

static void on_flush(void *cookie)
{
    struct proxy_passing *passing = cookie;

    if (passing->is_tunnel)
        tunnel_flush(&passing->tunnel);
    else if (has_client(passing) && reply_stream_has_begun(&passing->stream))
        reply_stream_flush(&passing->stream);
}

static void ask_again(struct proxy_passing *passing);

static void on_end(void *cookie, enum reason reason)
{
    struct proxy_passing *passing = cookie;

    proxy_upload_end(&passing->upload);
    if (passing->is_tunnel) {
        tunnel_end(&passing->tunnel);
        return;
    }
    reason = proxy_passing_judge(passing, reason);
    if (passing->fill != NULL)
        proxy_fill_end(passing->fill, reason);
    if (passing->request == NULL) {
        proxy_passing_free(passing);
        return;
    }
    passing->report.is_cancelled = false;
    passing->report.reason = reason;
    if (passing->is_left)
        return;
    if (passing->must_ask_again)
        ask_again(passing);
    else if (passing->is_from_entry)
        proxy_cache_answer(passing->ask.cached);
    else if (!reply_stream_has_begun(&passing->stream))
        proxy_refuse(passing, reason);
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

/* The call. */

/* The response that is stored is that to GET, also when HEAD has found that it is too old. */
static struct text method_of(const struct proxy_passing *passing)
{
    return passing->fill != NULL ? TEXT("GET")
                                 : proxy_request_method(passing->request, passing->ask.route);
}

static void describe_call(struct proxy_passing *passing)
{
    struct request *request = passing->request;
    const struct proxy_ask *ask = &passing->ask;
    const struct plain_route *route = ask->route;
    bool wants_upgrade = proxy_request_wants_upgrade(request, route);

    passing->call_ask = (struct call_ask){
        .service = route->service,
        .key = balance_key_for(request, ask->upstream, route->service),
        .method = method_of(passing),
        .target = plain_route_target(request->pool, route, ask->path, request->query),
        .host = route->keeps_host ? request->host : (struct text){0},
        .headers = proxy_request_fields(request, ask),
        .traceparent = request->traceparent,
        .body = proxy_request_body(request, ask),
        .upload = proxy_body_upload(passing),
        .head_by_ns = ask->head_by_ns,
        .may_repeat = method_is_idempotent(method_of(passing)) && !wants_upgrade,
        .hedge = method_may_change(method_of(passing)) ? NULL : route->hedge,
        .breaker = route->breaker,
        .wants_upgrade = wants_upgrade,
        .first_byte_ms = route->first_byte_ms,
        .idle_ms = route->idle_ms > 0 ? route->idle_ms : PLAIN_IDLE_MS,
    };
}

static void describe(struct proxy_passing *passing)
{
    struct proxy_cached *cached = passing->ask.cached;

    if (cached != NULL && proxy_cache_fills(cached))
        passing->fill = proxy_fill_begin(cached);
    proxy_body_begin(passing);
    describe_call(passing);
    if (passing->fill != NULL || method_may_change(passing->call_ask.method))
        proxy_passing_own_texts(passing);
}

static void begin(struct proxy_passing *passing)
{
    call_start(&passing->call, passing->ask.upstream, &passing->call_ask, &sink, passing);
}

/* The cache has no entry any more, so the service is asked without conditions. */
static void ask_again(struct proxy_passing *passing)
{
    passing->must_ask_again = passing->has_head = false;
    passing->status = 0;
    proxy_cache_forget(passing->ask.cached);
    proxy_fill_free(passing->fill);
    pool_free(passing->texts);
    passing->fill = NULL;
    passing->texts = NULL;
    passing->ask = passing->ask.cached->ask; /* without the texts that were copied */
    describe(passing);
    begin(passing);
}

/* Life. */

/* An object in the request's pool, which frees the passing when the request ends. */
struct holder {
    struct proxy_passing *passing;
};

/* The report of the call comes at the end of the tunnel, and it says what was asked. */
static void leave_tunnel(struct proxy_passing *passing)
{
    if (passing->texts == NULL)
        proxy_passing_own_texts(passing);
    passing->request = NULL;
}

/* The request has gone, or its memory has. A tunnel and an errand go on without it. */
static void dispose(void *object)
{
    struct proxy_passing *passing = ((struct holder *)object)->passing;

    proxy_passing_report(passing);
    if (passing->is_tunnel)
        leave_tunnel(passing);
    else if (!proxy_errand_begin(passing))
        proxy_passing_free(passing);
}

/* Fetches a new response in the background, unless there are too many such calls. */
static void refresh(struct request *request, const struct proxy_ask *ask)
{
    struct cache_background *background = ask->cache->background;
    struct proxy_passing *passing;

    if (request->worker->is_draining || !cache_background_begin(background)) {
        proxy_cache_end_flight(ask->cached);
        return;
    }
    passing = proxy_passing_new(request, ask);
    describe(passing);
    passing->background = background;
    if (!errand_begin(&passing->errand, request, false)) {
        proxy_passing_free(passing);
        return;
    }
    passing->request = NULL;
    passing->call_ask.head_by_ns = 0;
    begin(passing);
}

static void pass(struct request *request, const struct proxy_ask *ask)
{
    struct holder *holder = pool_shared(request->pool, sizeof(*holder), dispose);
    struct proxy_passing *passing = holder->passing = proxy_passing_new(request, ask);

    describe(passing);
    reply_wait_begin(request, HALF_CLOSED_MS, on_gone, passing);
    begin(passing);
    passing->report.mirror = proxy_mirror(passing, describe_call);
}

void proxy_serve(struct request *request, const struct proxy_ask *ask)
{
    if (ask->cached == NULL || !proxy_cache_has_answer(ask->cached)) {
        pass(request, ask);
        return;
    }
    if (ask->cached->turn == PROXY_CACHE_REFRESH)
        refresh(request, ask);
    proxy_cache_answer(ask->cached);
}
