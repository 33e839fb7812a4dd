/* See call.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/call.h"

static void end(struct call *call, enum reason reason)
{
    must(call->is_running && call->connection == NULL);
    call->is_running = false;
    timer_clear(call->upstream->on.timers, &call->timer);
    call->sink->end(call->cookie, reason);
}

static void expect_within(struct call *call, uint32_t ms)
{
    int64_t at_ns = clock_now_ns() + ms * CLOCK_MS;

    timer_set(call->upstream->on.timers, &call->timer,
              at_ns < call->total_ns ? at_ns : call->total_ns);
}

static void ask(struct call *call)
{
    const struct call_ask *what = call->ask;
    struct text parts[CALL_PIECES] = {what->method,  TEXT(" "),
                                      what->target,  call->endpoint->request_tail,
                                      what->headers, TEXT("\r\n")};

    for (size_t i = 0; i < CALL_PIECES; i++)
        call->pieces[i] = h2o_iovec_init(parts[i].at, parts[i].len);
    call->request = (struct connection_request){
        .pieces = call->pieces,
        .count = CALL_PIECES,
        .is_head = text_is(what->method, "HEAD"),
        .sink = call->sink,
        .sink_cookie = call->cookie,
    };
    expect_within(call, call->service->settings->first_byte_ms);
    connection_ask(call->connection, &call->request);
}

static void on_opened(void *cookie) { ask(cookie); }

static void on_begun(void *cookie)
{
    struct call *call = cookie;

    timer_set(call->upstream->on.timers, &call->timer, call->total_ns);
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
    .begun = on_begun,
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

void call_start(struct call *call, struct upstream *upstream, const struct call_ask *ask_what,
                const struct exchange_sink *sink, void *cookie)
{
    must(!call->is_running);
    *call = (struct call){
        .ask = ask_what,
        .sink = sink,
        .cookie = cookie,
        .upstream = upstream,
        .service = upstream_service(upstream, ask_what->service),
        .timer = {.fire = on_timer},
        .is_running = true,
    };
    if (call->service == NULL) {
        timer_set(upstream->on.timers, &call->timer, clock_now_ns());
        return;
    }
    call->total_ns = clock_now_ns() + call->service->settings->total_ms * CLOCK_MS;
    call->endpoint = &call->service->endpoints[balance_pick(&call->service->balance)];
    call->connection = connection_take(call->endpoint, &user, call);
    call->is_reused = call->connection != NULL;
    if (call->is_reused)
        ask(call);
    else
        dial(call);
}

void call_cancel(struct call *call)
{
    if (!call->is_running)
        return;
    call->is_running = false;
    timer_clear(call->upstream->on.timers, &call->timer);
    drop_connection(call);
}
