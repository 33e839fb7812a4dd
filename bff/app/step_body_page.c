/* Part of step "body": the JSON body of a request for a composite that changes data. It is checked
 * while it arrives. See request_steps.h. */
#include "bff/app/request_steps.h"
#include "bff/base/clock.h"
#include "bff/compose/input.h"
#include "bff/http/body.h"
#include "bff/http/guard.h"
#include "bff/http/media_type.h"

/* A body that is being read. It is in the request's pool. */
struct reading {
    struct request_context *context;
    struct input *input;
};

static const struct plan *plan_of(const struct request_context *context)
{
    return context->found.match.route->target;
}

static size_t limit_of(const struct request_context *context)
{
    size_t own = plan_of(context)->body_limit, all = context->dispatch->body_limit;

    return own < all ? own : all;
}

static enum step_result refuse_type(struct request_context *context, const char *name,
                                    struct text value)
{
    return pipeline_refuse(&context->pipeline, (struct refusal){.status = 415,
                                                                .message = "Unsupported media type",
                                                                .name = name,
                                                                .value = value});
}

/* A content coding could hide a large body in a small one. */
static bool is_coded(const struct request *request)
{
    struct text coding = request_list(request, "content-encoding");

    return coding.len > 0 && !text_equal_nocase(coding, TEXT("identity"));
}

static bool is_json(const struct request *request)
{
    return media_type_is_json(request_list(request, "content-type"));
}

static enum step_result refuse_input(struct request_context *context,
                                     const struct input_mistake *mistake)
{
    body_stop(context->request->body);
    return pipeline_refuse(&context->pipeline,
                           (struct refusal){
                               .status = 400,
                               .message = "Bad request",
                               .members = input_members(mistake, context->request->pool),
                           });
}

static enum step_result end(const struct reading *reading)
{
    struct request_context *context = reading->context;
    struct input_mistake mistake;

    if (!input_end(reading->input, &context->input, &mistake))
        return refuse_input(context, &mistake);
    return STEP_PASS;
}

static enum step_result add(const struct reading *reading, struct text bytes)
{
    struct input_mistake mistake;

    if (!input_add(reading->input, bytes, &mistake))
        return refuse_input(reading->context, &mistake);
    return STEP_PASS;
}

/* Reads what has come. Returns STEP_WAITS when more must come. */
static enum step_result read_more(const struct reading *reading)
{
    struct request_context *context = reading->context;
    struct body *body = context->request->body;
    enum step_result result;
    struct text piece;

    while ((piece = body_piece(body)).len > 0) {
        result = add(reading, piece);
        if (result != STEP_PASS)
            return result;
        body_use(body);
    }
    if (!body->is_over) {
        body_wait(body);
        return STEP_WAITS;
    }
    result = pipeline_judge_body(&context->pipeline, body->end);
    return result == STEP_PASS ? end(reading) : result;
}

static void on_more(void *cookie)
{
    struct reading *reading = cookie;
    struct request_context *context = reading->context;
    enum step_result result = read_more(reading);

    if (result == STEP_WAITS)
        return;
    context->request->began_ns = clock_now_ns(); /* the time of the upload is not counted */
    pipeline_resume(&context->pipeline, result);
}

static void cancel(void *state) { body_stop(((struct reading *)state)->context->request->body); }

/* The wait has no deadline, because slow_client.h ends a client that sends its body too slowly. */
static enum step_result wait_for_more(struct reading *reading)
{
    struct request_context *context = reading->context;
    enum step_result result;

    body_stream(context->request->body, limit_of(context), on_more, reading);
    result = read_more(reading);
    if (result != STEP_WAITS)
        return result;
    return pipeline_wait(
        &context->pipeline,
        (struct pipeline_wait){.state = reading, .is_reading = true, .cancel = cancel});
}

static struct reading *new_reading(struct request_context *context)
{
    struct reading *reading = pool_take(context->request->pool, sizeof(*reading));

    reading->context = context;
    reading->input = input_new(context->request->pool, &plan_of(context)->input,
                               context->dispatch->pages->depth_limit);
    return reading;
}

/* The whole body came with the head. */
static enum step_result read_all(const struct reading *reading)
{
    struct request_context *context = reading->context;
    enum step_result result = pipeline_judge_body(&context->pipeline, context->request->body->end);

    if (result == STEP_PASS)
        result = add(reading, request_body(context->request));
    return result == STEP_PASS ? end(reading) : result;
}

enum step_result step_body_page(struct request_context *context)
{
    const struct request *request = context->request;
    struct reading *reading;
    struct refusal refusal;

    if (request->body != NULL && !guard_admits_body(request, limit_of(context), &refusal))
        return pipeline_refuse(&context->pipeline, refusal);
    if (request->body != NULL && is_coded(request))
        return refuse_type(context, "accept-encoding", TEXT("identity"));
    if (request->body != NULL && !is_json(request))
        return refuse_type(context, "accept", TEXT("application/json"));
    reading = new_reading(context);
    if (request->body == NULL)
        return end(reading);
    return request->body->is_over ? read_all(reading) : wait_for_more(reading);
}
