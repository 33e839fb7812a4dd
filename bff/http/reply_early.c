/* See reply_early.h. */
#include "bff/base/clock.h"
#include "bff/http/body.h"
#include "bff/http/reply_early.h"

#define PATIENCE_MS 5000                         /* the longest wait for the rest of the body */
#define DISCARD_BYTES ((size_t)64 * 1024 * 1024) /* the most bytes of a body */

/* An early answer, in the request's pool. libh2o gets the end of the answer only after the answer
 * has been sent and the body is over. */
struct early {
    h2o_generator_t generator; /* must be first: libh2o passes its address to the callbacks */
    struct request *request;
    struct timer patience;
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

    timer_clear(worker_timers(early->request->worker), &early->patience);
}

/* Ends the answer if it has been sent and the body is over. The request may be freed when this
 * function returns. */
static void end_if_due(struct early *early)
{
    struct request *request = early->request;

    if (!early->is_sent || !early->is_over)
        return;
    timer_clear(worker_timers(request->worker), &early->patience);
    h2o_send(request->h2o, NULL, 0, H2O_SEND_STATE_FINAL);
}

static void on_discarded(void *cookie, enum body_end end)
{
    struct early *early = cookie;

    early->is_over = true;
    if (end != BODY_WHOLE)
        early->request->h2o->http1_is_persistent = 0;
    end_if_due(early);
}

static void on_patience(struct timer *timer)
{
    struct early *early = H2O_STRUCT_FROM_MEMBER(struct early, patience, timer);

    body_stop(early->request->body);
    on_discarded(early, BODY_TOO_LARGE);
}

static void on_sent(h2o_generator_t *generator, h2o_req_t *h2o_req)
{
    struct early *early = (struct early *)generator;

    early->is_sent = true;
    end_if_due(early);
}

bool reply_early_is_due(const struct request *request)
{
    return request->body != NULL && !request_is_http2(request) &&
           !(request->body->is_over && request->body->end == BODY_WHOLE);
}

void reply_early_send(struct request *request, const struct text *body, size_t count)
{
    struct holder *holder = pool_shared(request->pool, sizeof(*holder), dispose);
    struct early *early = pool_zero(request->pool, sizeof(*early));
    struct timers *timers = worker_timers(request->worker);

    holder->early = early;
    early->request = request;
    early->generator.proceed = on_sent;
    early->patience.fire = on_patience;
    early->is_over = request->body->is_over && !request->body->has_rest;
    if (early->is_over)
        request->h2o->http1_is_persistent = 0;
    h2o_start_response(request->h2o, &early->generator);
    h2o_send(request->h2o, (h2o_iovec_t *)(void *)(uintptr_t)body, count,
             H2O_SEND_STATE_IN_PROGRESS);
    if (early->is_over)
        return;
    timer_set(timers, &early->patience, clock_now_ns() + PATIENCE_MS * CLOCK_MS);
    body_discard(request->body, DISCARD_BYTES, on_discarded, early);
}
