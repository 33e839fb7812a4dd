/* See pipeline.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/http/body.h"
#include "bff/http/pipeline.h"
#include "bff/http/reply.h"
#include "bff/http/reply_wait.h"

static void stop_waiting(struct pipeline *pipeline)
{
    pipeline->is_waiting = false;
    timer_clear(worker_timers(pipeline->request->worker), &pipeline->deadline);
    reply_wait_end(pipeline->request);
}

static void cancel(struct pipeline *pipeline)
{
    stop_waiting(pipeline);
    pipeline->wait.cancel(pipeline->wait.state);
}

/* An object with a destructor in the request's pool, so that the end of the request ends the wait.
 * Each wait has one. A pool disposes of its newest object first, so the wait ends before its state
 * is disposed of: the state was made before the wait. */
struct holder {
    struct pipeline *pipeline;
};

/* Called when the request ends. */
static void dispose(void *object)
{
    struct pipeline *pipeline = ((struct holder *)object)->pipeline;

    if (pipeline->is_waiting)
        cancel(pipeline);
}

static void hold(struct pipeline *pipeline)
{
    struct holder *holder = pool_shared(pipeline->request->pool, sizeof(*holder), dispose);

    holder->pipeline = pipeline;
}

static void on_gone(void *cookie) { cancel(cookie); }

bool pipeline_refusal_of(enum body_end end, struct refusal *out)
{
    *out = (struct refusal){.status = 400, .message = "Bad request", .ends_connection = true};
    if (end == BODY_TOO_LARGE)
        *out = (struct refusal){
            .status = 413, .message = "Payload too large", .ends_connection = true};
    return end == BODY_TOO_LARGE || end == BODY_BROKEN;
}

enum step_result pipeline_judge_body(struct pipeline *pipeline, enum body_end end)
{
    struct refusal refusal;

    if (end == BODY_WHOLE)
        return STEP_PASS;
    return pipeline_refusal_of(end, &refusal) ? pipeline_refuse(pipeline, refusal) : STEP_LEFT;
}

/* A refusal does not wait for the body. Only chunks that are known to be wrong by now replace the
 * refusal by a 400: then the whole request is malformed. */
static enum step_result judge_refused(struct pipeline *pipeline)
{
    const struct body *body = pipeline->request->body;

    if (body != NULL && body->is_over && body->end == BODY_BROKEN)
        return pipeline_judge_body(pipeline, BODY_BROKEN);
    return STEP_REFUSED;
}

/* Ends a request whose client has left: nothing is sent, and the log shows 499. */
static void end_left(struct request *request)
{
    client_shut(request->client);
    reply_nobody(request);
}

/* Continues after a step with ${result}. The request may be freed when this function returns, so
 * the caller must not use the request or the pipeline afterwards. */
static void go_on(struct pipeline *pipeline, enum step_result result)
{
    struct request *request = pipeline->request;

    check_working_on(request->id);
    pipeline->is_running = true;
    while (result == STEP_PASS) {
        pipeline->step++;
        must(pipeline->step->run != NULL);
        result = pipeline->step->run(pipeline->context);
    }
    if (result == STEP_REFUSED)
        result = judge_refused(pipeline);
    if (result == STEP_REFUSED)
        reply_refusal(request, &pipeline->refusal);
    else if (result == STEP_LEFT)
        end_left(request);
    else if (result == STEP_WAITS)
        pipeline->is_running = false;
    check_working_on((struct text){0});
}

static void on_deadline(struct timer *timer)
{
    struct pipeline *pipeline = H2O_STRUCT_FROM_MEMBER(struct pipeline, deadline, timer);

    cancel(pipeline);
    enum step_result result = pipeline->wait.late(pipeline->wait.state);
    must(result != STEP_WAITS);
    go_on(pipeline, result);
}

void pipeline_run(struct pipeline *pipeline, struct request *request,
                  struct request_context *context, const struct step *steps)
{
    must(pipeline->request == NULL && steps->run != NULL);
    pipeline->request = request;
    pipeline->context = context;
    pipeline->step = steps;
    pipeline->is_running = true;
    go_on(pipeline, steps->run(context));
}

enum step_result pipeline_refuse(struct pipeline *pipeline, struct refusal refusal)
{
    must(refusal.status >= 400 && refusal.message != NULL);
    pipeline->refusal = refusal;
    return STEP_REFUSED;
}

enum step_result pipeline_wait(struct pipeline *pipeline, struct pipeline_wait wait)
{
    struct request *request = pipeline->request;

    must(!pipeline->is_waiting && wait.cancel != NULL);
    must((wait.until_ns == 0) == (wait.late == NULL));
    hold(pipeline);
    pipeline->is_waiting = true;
    pipeline->wait = wait;
    pipeline->deadline.fire = on_deadline;
    if (!wait.is_reading)
        reply_wait_begin(request, REPLY_WAIT_FOR_WORK, on_gone, pipeline);
    if (wait.until_ns != 0)
        timer_set(worker_timers(request->worker), &pipeline->deadline, wait.until_ns);
    return STEP_WAITS;
}

void pipeline_resume(struct pipeline *pipeline, enum step_result result)
{
    must(pipeline->is_waiting && !pipeline->is_running && result != STEP_WAITS);
    stop_waiting(pipeline);
    go_on(pipeline, result);
}

void pipeline_answer(struct pipeline *pipeline)
{
    must(pipeline->is_waiting && !pipeline->is_running);
    stop_waiting(pipeline);
}
