/* See proxy.h and proxying.h: life of a proxied request, and the way of the answer's bytes. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/method.h"
#include "bff/http/reply.h"
#include "bff/proxy/proxying.h"

/* A buffer that a burst has made larger than this is not kept for a trickle. */
#define KEPT_BYTES ((size_t)16 * 1024)

/* The bytes. */

void proxying_add(struct proxying *proxying, const char *bytes, size_t len)
{
    struct proxying_bytes *next = &proxying->next;

    if (next->len + len > next->capacity) {
        size_t capacity = next->capacity * 2;
        if (capacity < next->len + len)
            capacity = next->len + len;
        next->at = memory_grow(next->at, capacity);
        next->capacity = capacity;
    }
    memcpy(next->at + next->len, bytes, len);
    next->len += len;
    if (proxying->is_sending && next->len >= PROXYING_AHEAD_BYTES)
        call_pause(&proxying->call);
}

static void drop(struct proxying_bytes *bytes)
{
    memory_free(bytes->at);
    *bytes = (struct proxying_bytes){0};
}

void proxying_swap(struct proxying *proxying)
{
    struct proxying_bytes sent = proxying->sending;

    if (sent.capacity > KEPT_BYTES && proxying->next.len < KEPT_BYTES)
        drop(&sent);
    sent.len = 0;
    proxying->sending = proxying->next;
    proxying->next = sent;
    proxying->is_sending = true;
}

/* Towards the client. */

static void on_gone(struct watch *watch)
{
    struct proxying *proxying = H2O_STRUCT_FROM_MEMBER(struct proxying, watch, watch);

    call_cancel(&proxying->call);
    if (!proxying->is_begun) {
        reply_nobody(proxying->request);
        return;
    }
    proxying->is_ended = proxying->is_cut = true;
    proxying->is_over = true;
    h2o_send(proxying->request->h2o, NULL, 0, H2O_SEND_STATE_ERROR);
}

/* A filter of libh2o keeps a piece of no bytes, and the head with it, to itself; the last stream of
 * them sends it. */
static void send_head(struct request *request)
{
    h2o_ostream_t *last = request->h2o->_ostr_top;
    h2o_iovec_t nothing = h2o_iovec_init(NULL, 0);

    while (last->next != NULL)
        last = last->next;
    last->do_send(last, request->h2o, &nothing, 0, H2O_SEND_STATE_IN_PROGRESS);
}

/* True where libh2o has the connection's end be the answer's: HTTP/1 without length and chunks. */
static bool ends_with_connection(const struct request *request)
{
    const h2o_req_t *h2o = request->h2o;

    return !request_is_http2(request) && h2o->res.content_length == SIZE_MAX &&
           (h2o->res.status != 200 || h2o->version < 0x101);
}

/* libh2o must find its socket as it left it before anything is sent. */
static void send_on(struct proxying *proxying)
{
    struct request *request = proxying->request;
    h2o_send_state_t state = H2O_SEND_STATE_IN_PROGRESS;

    watch_end(&proxying->watch);
    proxying_swap(proxying);
    if (proxying->is_ended) {
        state = proxying->is_cut ? H2O_SEND_STATE_ERROR : H2O_SEND_STATE_FINAL;
        proxying->is_over = true;
        if (proxying->is_cut && ends_with_connection(request))
            client_end_short(request->client);
    }
    request_sending(request);
    h2o_iovec_t bytes = h2o_iovec_init(proxying->sending.at, proxying->sending.len);
    proxying->has_head = true;
    if (bytes.len == 0 && !proxying->is_ended)
        send_head(request);
    else
        h2o_send(request->h2o, &bytes, bytes.len > 0 ? 1 : 0, state);
}

/* libh2o has sent what it had and asks for more. */
static void on_proceed(h2o_generator_t *generator, h2o_req_t *h2o_req)
{
    struct proxying *proxying = (struct proxying *)generator;

    proxying->is_sending = false;
    request_sent(proxying->request);
    call_resume(&proxying->call); /* before the end is sent, for that may be the end of us too */
    if (proxying->next.len > 0 || proxying->is_ended)
        send_on(proxying);
    else
        watch_begin(&proxying->watch, proxying->request, on_gone);
}

/* The client has left in the middle. */
static void on_stop(h2o_generator_t *generator, h2o_req_t *h2o_req)
{
    struct proxying *proxying = (struct proxying *)generator;

    proxying->is_over = true;
    call_cancel(&proxying->call);
}

/* From the service. */

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct proxying *proxying = cookie;
    bool is_tunnel = head->status == 101;

    /* A tunnel outlives the request, whose memory holds what is being written. */
    if (is_tunnel && !call_is_sent(&proxying->call)) {
        *why = REASON_BAD_HTTP;
        return -1;
    }
    proxying_set_head(proxying, head);
    if (is_tunnel) {
        tunnel_begin(proxying);
        return 0;
    }
    watch_end(&proxying->watch);
    proxying->is_begun = true;
    h2o_start_response(proxying->request->h2o, &proxying->generator);
    return 0;
}

/* A body longer than its head said cannot come: the exchange sees to that. */
static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    proxying_add(cookie, bytes, len);
    return 0;
}

/* What came may be a chunk's frame alone: no bytes would be the end to libh2o. */
static void on_flush(void *cookie)
{
    struct proxying *proxying = cookie;
    bool has_more = proxying->next.len > 0 || !proxying->has_head;

    if (proxying->is_tunnel)
        tunnel_flush(proxying);
    else if (proxying->is_begun && !proxying->is_sending && has_more)
        send_on(proxying);
}

static void refuse(struct proxying *proxying, enum reason reason)
{
    struct request *request = proxying->request;
    int status = reason_answer_status(reason, 0);
    const char *message = status == 504   ? "Gateway timeout"
                          : status == 503 ? "Service temporarily unavailable"
                                          : "Bad gateway";

    reply_error_with(
        request, status, message,
        (struct reply_field){
            "proxy-status",
            pool_print(request->pool, "%.*s; error=%s; details=\"%s %s\"",
                       TEXT_ARGS(proxying->ask.settings->server), reason_proxy_error(reason),
                       proxying->ask.route->service->name, reason_name(reason)),
        });
}

static void on_end(void *cookie, enum reason reason)
{
    struct proxying *proxying = cookie;

    proxying->is_ended = true;
    proxying->is_cut = reason != REASON_NONE;
    if (proxying->is_tunnel)
        tunnel_ended(proxying);
    else if (!proxying->is_begun)
        refuse(proxying, reason);
    else if (!proxying->is_sending)
        send_on(proxying);
}

static const struct exchange_sink sink = {
    .head = on_head,
    .body = on_body,
    .flush = on_flush,
    .end = on_end,
};

/* Life. */

void proxying_free(struct proxying *proxying)
{
    call_cancel(&proxying->call);
    watch_end(&proxying->watch);
    drop(&proxying->sending);
    drop(&proxying->next);
    if (proxying->upward != NULL)
        h2o_buffer_dispose(&proxying->upward);
    memory_free(proxying);
}

/* What the request holds. */
struct holder {
    struct proxying *proxying;
};

/* The request is gone. A tunnel goes on without it. */
static void dispose(void *object)
{
    struct proxying *proxying = ((struct holder *)object)->proxying;

    if (!proxying->is_tunnel) {
        proxying_free(proxying);
        return;
    }
    proxying->request = NULL;
}

bool proxying_wants_upgrade(const struct request *request, const struct plain_route *route)
{
    struct text upgrade = {request->h2o->upgrade.base, request->h2o->upgrade.len};

    return route->may_upgrade && request->h2o->version == 0x101 &&
           text_is(request->method, "GET") && text_equal_nocase(upgrade, TEXT("websocket"));
}

void proxy_serve(struct request *request, const struct proxy_ask *ask)
{
    struct holder *holder = pool_shared(request->pool, sizeof(*holder), dispose);
    struct proxying *proxying = memory_new(sizeof(*proxying));
    h2o_iovec_t body = request->h2o->entity;

    holder->proxying = proxying;
    proxying->generator = (h2o_generator_t){.proceed = on_proceed, .stop = on_stop};
    proxying->request = request;
    proxying->client = request->client;
    proxying->ask = *ask;
    proxying->call_ask = (struct call_ask){
        .service = ask->route->service,
        .method = request->method,
        .target = plain_target(request->pool, ask->route, ask->path, request->query),
        .host = ask->route->keeps_host ? request->host : (struct text){0},
        .headers = proxying_request_fields(request, ask),
        .traceparent = request->traceparent,
        .body = {body.base, body.len},
        .wants_upgrade = proxying_wants_upgrade(request, ask->route),
        .first_byte_ms = ask->route->first_byte_ms,
        .idle_ms = ask->route->idle_ms > 0 ? ask->route->idle_ms : PLAIN_IDLE_MS,
    };
    proxying->call_ask.may_repeat =
        method_is_idempotent(request->method) && !proxying->call_ask.wants_upgrade;
    watch_begin(&proxying->watch, request, on_gone);
    call_start(&proxying->call, ask->upstream, &proxying->call_ask, &sink, proxying);
}
