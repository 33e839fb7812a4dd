/* Step "authorizer": asks a service whether the request may pass. */
#include "bff/app/access_refusal.h"
#include "bff/app/request_steps.h"
#include "bff/edge/authorizer.h"
#include "bff/proxy/plain_path.h"

/* Refusals. */

static enum step_result refuse(struct request_context *context, int status, const char *message)
{
    return pipeline_refuse(&context->pipeline,
                           (struct refusal){.status = status, .message = message});
}

static enum step_result refuse_failed(struct request_context *context)
{
    struct refusal refusal = refusal_away(REFUSAL_UNAVAILABLE);

    refusal.members = TEXT("\"cached\":false");
    return pipeline_refuse(&context->pipeline, refusal);
}

/* The decision. */

static enum step_result pass(struct request_context *context)
{
    if (context->caller.has_user)
        context->request->user = context->caller.user.id;
    return STEP_PASS;
}

static enum step_result act(struct request_context *context, enum authorizer_decision decision)
{
    context->request->authorizer = authorizer_word(decision);
    switch (decision) {
    case AUTHORIZER_ALLOW:
    case AUTHORIZER_ALLOW_STALE:
        return pass(context);
    case AUTHORIZER_DENY:
        return refuse(context, 403, "Forbidden");
    case AUTHORIZER_NOBODY:
        return pipeline_refuse(&context->pipeline, access_refusal_no_user(context));
    case AUTHORIZER_AMBIGUOUS:
        return refuse(context, 400, "Bad request");
    case AUTHORIZER_FAILED:
        return refuse_failed(context);
    case AUTHORIZER_WAITS:
        break;
    }
    return STEP_WAITS;
}

static void on_done(struct authorizer_ask *ask, enum authorizer_decision decision)
{
    struct request_context *context = ask->cookie;

    pipeline_resume(&context->pipeline, act(context, decision));
}

static void cancel(void *state) { authorizer_leave(state); }

static enum step_result late(void *state)
{
    struct authorizer_ask *ask = state;

    return act(ask->cookie, authorizer_late(ask));
}

/* Asking. */

/* The path as this server reads it. A composite may have been found by the path as the client wrote
 * it. */
static struct text path_of(const struct request_context *context)
{
    const struct request *request = context->request;
    struct text path = context->found.path;

    if (path.at == NULL && plain_path(request->pool, request->path, &path) != 0)
        return request->path;
    return path;
}

static enum step_result ask(struct request_context *context)
{
    struct authorizer_ask *ask = pool_zero(context->request->pool, sizeof(*ask));
    enum authorizer_decision decision;

    ask->request = context->request;
    ask->path = path_of(context);
    ask->caller = &context->caller;
    ask->done = on_done;
    ask->cookie = context;
    decision = authorizer_ask(context->worker->authorizer, ask);
    if (decision != AUTHORIZER_WAITS)
        return act(context, decision);
    return pipeline_wait(&context->pipeline, (struct pipeline_wait){.state = ask,
                                                                    .until_ns = ask->until_ns,
                                                                    .cancel = cancel,
                                                                    .late = late});
}

static bool must_ask(const struct request_context *context)
{
    const struct authorizer *authorizer = context->dispatch->authorizer;
    const struct request *request = context->request;

    return context->rule.kind != ACCESS_PUBLIC &&
           authorizer_covers(authorizer, request->path, request->pool);
}

bool step_authorizer_checks_token(const struct request_context *context)
{
    const struct authorizer *authorizer = context->dispatch->authorizer;

    return authorizer != NULL && authorizer_settings_of(authorizer)->checks_tokens &&
           must_ask(context);
}

enum step_result step_authorizer(struct request_context *context)
{
    const struct authorizer *authorizer = context->dispatch->authorizer;

    if (authorizer == NULL)
        return STEP_PASS;
    context->caller.context = authorizer_settings_of(authorizer)->headers;
    context->caller.context_count = authorizer_settings_of(authorizer)->header_count;
    return must_ask(context) ? ask(context) : STEP_PASS;
}
