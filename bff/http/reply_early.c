/* See reply_early.h. */
#include "bff/base/clock.h"
#include "bff/http/body.h"
#include "bff/http/client_linger.h"
#include "bff/http/reply_early.h"

/* An answer that is sent before the request's body is over. This struct is in the memory of the
 * request. libh2o gets the bytes of the answer at once, but the answer does not end yet. It ends
 * when two things are true: its bytes have been sent, and the body is over or is not read any more.
 */
struct early {
    h2o_generator_t generator; /* must be first: libh2o passes its address to the callbacks */
    struct request *request;
    struct timer idle;
    int64_t until_ns;
    size_t seen; /* bytes of the body that had come when the timer was set */
    bool is_sent, is_over;
};

/* An object with a destructor in the request's pool, so that the end of the request clears the
 * timer. */
struct holder {
    struct early *early;
};

static void dispose(void *object)
{
    struct early *early = ((struct holder *)object)->early;

    timer_clear(worker_timers(early->request->worker), &early->idle);
}

/* The client may still be sending the body. */
static void end_connection(struct request *request)
{
    request->h2o->http1_is_persistent = 0;
    request->client->sends_on = true;
}

/* Ends the answer if it has been sent and the body is over. When this function returns, the
 * request may already have been freed. */
static void end_if_due(struct early *early)
{
    struct request *request = early->request;

    if (!early->is_sent || !early->is_over)
        return;
    timer_clear(worker_timers(request->worker), &early->idle);
    h2o_send(request->h2o, NULL, 0, H2O_SEND_STATE_FINAL);
}

static void on_discarded(void *cookie, enum body_end end)
{
    struct early *early = cookie;

    early->is_over = true;
    if (end != BODY_WHOLE)
        end_connection(early->request);
    end_if_due(early);
}

static void wait_for_more(struct early *early)
{
    early->seen = early->request->body->len;
    timer_set(worker_timers(early->request->worker), &early->idle,
              clock_now_ns() + CLIENT_LINGER_IDLE_MS * CLOCK_MS);
}

static void on_idle(struct timer *timer)
{
    struct early *early = H2O_STRUCT_FROM_MEMBER(struct early, idle, timer);
    struct body *body = early->request->body;

    if (body->len != early->seen && clock_now_ns() < early->until_ns) {
        wait_for_more(early);
        return;
    }
    body_stop(body);
    on_discarded(early, BODY_TOO_LARGE);
}

static void on_sent(h2o_generator_t *generator, h2o_req_t *h2o_req)
{
    struct early *early = (struct early *)generator;

    early->is_sent = true;
    early->request->ended_ns = clock_now_ns();
    end_if_due(early);
}

/*
 * The next request is where the body ends. So the body must be sound so far, and not too long to be
 * thrown away. A client that waits for 100 Continue may send the body all the same, or leave it out
 * (RFC 9110 section 10.1.1): then nobody knows what comes next.
 */
static bool can_go_on(const struct request *request)
{
    const struct body *body = request->body;

    if (!request->h2o->http1_is_persistent || body->is_awaited)
        return false;
    if (body->is_over && !body->has_rest)
        return false;
    return body->length == BODY_NO_LENGTH || body->length - body->len <= CLIENT_LINGER_BYTES;
}

bool reply_early_is_due(struct request *request)
{
    const struct body *body = request->body;

    if (body == NULL || request_is_http2(request) || (body->is_over && body->end == BODY_WHOLE))
        return false;
    if (can_go_on(request))
        return true;
    end_connection(request);
    return false;
}

static bool is_unfinished(const struct body *body) { return body != NULL && !body->is_over; }

void reply_early_begin(struct request *request)
{
    if (is_unfinished(request->body))
        request->h2o->http1_is_persistent = 0;
}

void reply_early_end(struct request *request)
{
    if (!is_unfinished(request->body))
        return;
    if (!request_is_http2(request))
        end_connection(request);
    body_forget(request->body);
}

void reply_early_send(struct request *request, const struct text *body, size_t count)
{
    struct holder *holder = pool_shared(request->pool, sizeof(*holder), dispose);
    struct early *early = pool_zero(request->pool, sizeof(*early));

    holder->early = early;
    early->request = request;
    early->generator.proceed = on_sent;
    early->idle.fire = on_idle;
    early->until_ns = clock_now_ns() + CLIENT_LINGER_MS * CLOCK_MS;
    h2o_start_response(request->h2o, &early->generator);
    h2o_send(request->h2o, (h2o_iovec_t *)(void *)(uintptr_t)body, count,
             H2O_SEND_STATE_IN_PROGRESS);
    wait_for_more(early);
    body_discard(request->body, request->body->len + CLIENT_LINGER_BYTES, on_discarded, early);
}
