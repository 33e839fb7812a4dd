/* See call.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/call.h"

static void end(struct call *call, enum reason reason)
{
    struct upstream *upstream = call->upstream;

    must(call->is_running && call->connection == NULL);
    call->is_running = false;
    timer_clear(call->upstream->on->timers, &call->timer);
    call->sink->end(call->cookie, reason);
    upstream_call_ended(upstream);
}

/* A limit that is later than the user's own costs no timer. */
static void wake_at(struct call *call, int64_t at_ns)
{
    struct timers *timers = call->upstream->on->timers;

    if (call->ask->until_ns != 0 && at_ns >= call->ask->until_ns)
        timer_clear(timers, &call->timer);
    else if (!timer_is_set(&call->timer) || call->timer.at_ns != at_ns)
        timer_set(timers, &call->timer, at_ns);
}

static void expect_within(struct call *call, uint32_t ms)
{
    int64_t at_ns = clock_now_ns() + ms * CLOCK_MS;

    wake_at(call, at_ns < call->total_ns ? at_ns : call->total_ns);
}

static void put(struct call *call, struct text piece)
{
    if (piece.len > 0)
        call->pieces[call->request.count++] = h2o_iovec_init(piece.at, piece.len);
}

/* Each piece costs the kernel time of its own: what is short is put together. */
static void put_method(struct call *call)
{
    struct text method = call->ask->method;

    if (method.len >= sizeof(call->method)) {
        put(call, method);
        put(call, TEXT(" "));
        return;
    }
    memcpy(call->method, method.at, method.len);
    call->method[method.len] = ' ';
    put(call, (struct text){call->method, method.len + 1});
}

#define TRACEPARENT_LEN 55
#define SPAN_AT 36 /* in traceparent: behind version and trace id */
#define SPAN_DIGITS 16

/* The end of the head. The trace goes on with a span of this call's own, a child of the request's.
 */
static void put_trace_and_end(struct call *call)
{
    static const char name[] = "traceparent: ", end[] = "\r\n\r\n";
    char *at = call->trace + sizeof(name) - 1;

    if (call->ask->traceparent.len != TRACEPARENT_LEN) {
        put(call, TEXT("\r\n"));
        return;
    }
    memcpy(call->trace, name, sizeof(name) - 1);
    memcpy(at, call->ask->traceparent.at, TRACEPARENT_LEN);
    random_hex(&call->upstream->random, at + SPAN_AT, SPAN_DIGITS);
    memcpy(at + TRACEPARENT_LEN, end, sizeof(end) - 1);
    put(call, (struct text){call->trace, sizeof(call->trace)});
}

static void put_request(struct call *call)
{
    const struct call_ask *ask = call->ask;

    put_method(call);
    put(call, ask->target);
    if (ask->host.at == NULL) {
        put(call, call->endpoint->request_tail);
    } else {
        put(call, TEXT(" HTTP/1.1\r\nhost: "));
        put(call, ask->host);
        put(call, TEXT("\r\n"));
    }
    put(call, ask->headers);
    put_trace_and_end(call);
    put(call, ask->body);
}

static void send_request(struct call *call)
{
    const struct call_ask *ask = call->ask;
    uint32_t own_ms = ask->first_byte_ms;

    call->request = (struct connection_request){
        .pieces = call->pieces,
        .about = {.is_head = text_is(ask->method, "HEAD"), .wants_upgrade = ask->wants_upgrade},
        .sink = call->sink,
        .sink_cookie = call->cookie,
    };
    put_request(call);
    expect_within(call, own_ms > 0 ? own_ms : call->service->settings->first_byte_ms);
    connection_ask(call->connection, &call->request);
}

static void on_opened(void *cookie) { send_request(cookie); }

/* While its user has stopped it, a call's silence is its user's. */
static void expect_more(struct call *call)
{
    if (call->connection->is_paused)
        return;
    if (call->ask->idle_ms > 0)
        expect_within(call, call->ask->idle_ms);
    else
        wake_at(call, call->total_ns);
}

static void on_received(void *cookie)
{
    struct call *call = cookie;

    expect_more(call);
    if (call->sink->flush != NULL)
        call->sink->flush(call->cookie);
}

static void dial(struct call *call);

/*
 * A service may close an idle connection just as we use it (RFC 9112 9.3.1): that tells nothing
 * about the request, and costs one attempt on a fresh connection.
 */
static void on_ended(void *cookie, enum reason reason, bool is_clean)
{
    struct call *call = cookie;
    bool may_retry = reason == REASON_RESET && is_clean && call->is_reused && call->ask->may_repeat;

    call->connection = NULL;
    if (!may_retry) {
        end(call, reason);
        return;
    }
    call->retries++;
    dial(call);
}

static const struct connection_user user = {
    .opened = on_opened,
    .received = on_received,
    .ended = on_ended,
};

static void dial(struct call *call)
{
    call->is_reused = false;
    expect_within(call, call->service->settings->connect_ms);
    call->connection = connection_dial(call->endpoint, &user, call);
}

static void drop_connection(struct call *call)
{
    if (call->connection != NULL)
        connection_close(call->connection);
    call->connection = NULL;
}

/* Time is up; or the service is not one of this build's, which is told as soon as it may be. */
static void on_timer(struct timer *timer)
{
    struct call *call = H2O_STRUCT_FROM_MEMBER(struct call, timer, timer);

    drop_connection(call);
    end(call, call->service == NULL ? REASON_CONNECT : REASON_TIMEOUT);
}

void call_start(struct call *call, struct upstream *upstream, const struct call_ask *ask,
                const struct exchange_sink *sink, void *cookie)
{
    must(!call->is_running);
    upstream_call_begins(upstream);
    *call = (struct call){
        .ask = ask,
        .sink = sink,
        .cookie = cookie,
        .upstream = upstream,
        .service = upstream_service(upstream, ask->service),
        .timer = {.fire = on_timer},
        .is_running = true,
    };
    if (call->service == NULL) {
        timer_set(upstream->on->timers, &call->timer, clock_now_ns());
        return;
    }
    call->total_ns = ask->idle_ms > 0
                         ? INT64_MAX
                         : clock_now_ns() + call->service->settings->total_ms * CLOCK_MS;
    call->endpoint = ask->only != NULL
                         ? ask->only
                         : balance_pick(&call->service->balance, (struct text){0}, NULL);
    call->connection = connection_take(call->endpoint, &user, call);
    call->is_reused = call->connection != NULL;
    if (call->is_reused)
        send_request(call);
    else
        dial(call);
}

void call_pause(struct call *call)
{
    if (call->connection == NULL)
        return;
    connection_pause(call->connection);
    timer_clear(call->upstream->on->timers, &call->timer);
}

void call_resume(struct call *call)
{
    if (call->connection == NULL || !call->connection->is_paused)
        return;
    connection_resume(call->connection);
    expect_more(call);
}

static void on_written(void *cookie)
{
    struct call *call = cookie;

    expect_more(call);
    call->written(call->cookie);
}

void call_write(struct call *call, struct text bytes, void (*written)(void *cookie))
{
    must(call->connection != NULL);
    call->more = h2o_iovec_init(bytes.at, bytes.len);
    call->written = written;
    connection_write(call->connection, &(struct connection_output){
                                           .pieces = &call->more,
                                           .count = 1,
                                           .written = on_written,
                                       });
}

bool call_is_sent(const struct call *call)
{
    return call->connection != NULL && call->connection->out.pieces == NULL;
}

void call_cancel(struct call *call)
{
    if (!call->is_running)
        return;
    call->is_running = false;
    timer_clear(call->upstream->on->timers, &call->timer);
    drop_connection(call);
    upstream_call_ended(call->upstream);
}
