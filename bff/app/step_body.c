/* Step "body": waits for the whole body of the request, and refuses a body that is too long for the
 * route. */
#include "bff/app/built_in_pages.h"
#include "bff/app/request_steps.h"
#include "bff/app/session_login.h"
#include "bff/base/clock.h"
#include "bff/http/body.h"
#include "bff/http/guard.h"
#include "bff/proxy/proxy_request.h"
#include "bff/proxy/spool.h"

/* A plain route and a page of this server may allow less than the largest body that any request may
 * have. */
static size_t limit_of(const struct request_context *context)
{
    const struct plain_route *route = context->found.route;

    if (context->found.kind == FOUND_BUILT_IN)
        return context->found.page->body;
    return route != NULL ? route->body_limit : context->dispatch->body_limit;
}

static void on_body(void *cookie, enum body_end end)
{
    struct request_context *context = cookie;

    context->request->began_ns = clock_now_ns(); /* the time of the upload is not counted */
    pipeline_resume(&context->pipeline, pipeline_judge_body(&context->pipeline, end));
}

static void cancel(void *state) { body_stop(((struct request_context *)state)->request->body); }

/* The wait has no deadline, because slow_client.h ends a client that sends its body too slowly. */
static enum step_result wait_for_bytes(struct request_context *context)
{
    return pipeline_wait(
        &context->pipeline,
        (struct pipeline_wait){.state = context, .is_reading = true, .cancel = cancel});
}

static enum step_result wait_for_all(struct request_context *context, size_t limit)
{
    body_read(context->request->body, limit, on_body, context);
    return wait_for_bytes(context);
}

/* A login and a WebSocket need the whole body, whatever the route says. */
static enum plain_upload upload_of(const struct request_context *context)
{
    const struct plain_route *route = context->found.route;

    if (context->found.kind != FOUND_ROUTE || route->direct.kind != PLAIN_DIRECT_NONE ||
        session_login_may_answer(context) || proxy_request_wants_upgrade(context->request, route))
        return PLAIN_UPLOAD_MEMORY;
    return route->upload;
}

/* The first bytes of a body that is streamed have come, and it was not in vain to say 100 Continue.
 * So the call of the service can begin. */
static void on_first(void *cookie)
{
    struct request_context *context = cookie;
    const struct body *body = context->request->body;

    pipeline_resume(&context->pipeline,
                    body->is_over ? pipeline_judge_body(&context->pipeline, body->end) : STEP_PASS);
}

static enum step_result stream(struct request_context *context, size_t limit)
{
    struct body *body = context->request->body;

    body_stream(body, limit, on_first, context);
    if (body_piece(body).len > 0)
        return STEP_PASS;
    body_wait(body);
    return wait_for_bytes(context);
}

/* Spooling. */

/* Ends with the request. An errand may still hold the spool. */
struct holder {
    struct spool *spool;
};

static void dispose(void *object) { spool_release(((struct holder *)object)->spool); }

static void make_spool(struct request_context *context)
{
    struct holder *holder = pool_shared(context->request->pool, sizeof(*holder), dispose);

    holder->spool = context->spool = spool_new(context->dispatch->uploads);
}

static enum step_result refuse_spool(struct request_context *context, enum spool_result result)
{
    struct refusal full = refusal_away("No room for this upload now");
    struct refusal failed = {.status = 507, .message = "Insufficient storage"};

    body_stop(context->request->body);
    return pipeline_refuse(&context->pipeline, result == SPOOL_FULL ? full : failed);
}

/* Writes what has come. Returns STEP_WAITS when more must come. */
static enum step_result fill(struct request_context *context)
{
    struct body *body = context->request->body;
    enum spool_result result;
    struct text piece;

    while ((piece = body_piece(body)).len > 0) {
        result = spool_add(context->spool, piece);
        if (result != SPOOL_GOOD)
            return refuse_spool(context, result);
        body_use(body);
    }
    if (body->is_over)
        return pipeline_judge_body(&context->pipeline, body->end);
    body_wait(body);
    return STEP_WAITS;
}

static void on_more(void *cookie)
{
    struct request_context *context = cookie;
    enum step_result result = fill(context);

    if (result == STEP_WAITS)
        return;
    context->request->began_ns = clock_now_ns(); /* as in on_body */
    pipeline_resume(&context->pipeline, result);
}

static enum step_result spool(struct request_context *context, size_t limit)
{
    enum step_result result;

    make_spool(context);
    body_stream(context->request->body, limit, on_more, context);
    result = fill(context);
    if (result != STEP_WAITS)
        return result;
    return wait_for_bytes(context);
}

enum step_result step_body(struct request_context *context)
{
    const struct request *request = context->request;
    size_t limit = limit_of(context);
    struct refusal refusal;

    if (context->found.kind == FOUND_COMPOSITE &&
        ((const struct plan *)context->found.match.route->target)->changes)
        return step_body_page(context);
    if (request->body == NULL || request->body->is_over ||
        upload_of(context) == PLAIN_UPLOAD_MEMORY)
        return step_body_read(context, limit);
    if (!guard_admits_body(request, limit, &refusal))
        return pipeline_refuse(&context->pipeline, refusal);
    return upload_of(context) == PLAIN_UPLOAD_STREAM ? stream(context, limit)
                                                     : spool(context, limit);
}

enum step_result step_body_read(struct request_context *context, size_t limit)
{
    const struct request *request = context->request;
    struct refusal refusal;

    if (request->body == NULL)
        return STEP_PASS;
    if (!guard_admits_body(request, limit, &refusal))
        return pipeline_refuse(&context->pipeline, refusal);
    if (request->body->is_over)
        return pipeline_judge_body(&context->pipeline, request->body->end);
    return wait_for_all(context, limit);
}
