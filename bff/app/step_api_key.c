/*
 * Step "api_key": finds the API key of the request.
 *
 * The user of a session takes precedence over the user of a key, and so does the user of a token
 * (step_login.c): both say more exactly who asks.
 */
#include "bff/app/access_refusal.h"
#include "bff/app/request_steps.h"
#include "bff/edge/api_key.h"

#define KEYS_MAX 2 /* the number of fields that are read; two are enough to refuse the request */

/* A request that waits for Redis or for a service. It is in the request's pool. */
struct asking {
    struct request_context *context;
    struct api_keys_ask ask;
};

static enum step_result refuse(struct request_context *context, int status, const char *message)
{
    return pipeline_refuse(&context->pipeline,
                           (struct refusal){.status = status, .message = message});
}

/* True when the request must have a key. */
static bool needs_key(const struct request_context *context)
{
    const struct api_keys_shared *keys = api_keys_worker_of(context->worker->keys);

    return context->rule.kind == ACCESS_KEY || keys->settings->is_required;
}

/* A public route needs no key, and so no good one. */
static bool may_ignore(const struct request_context *context)
{
    return context->rule.kind == ACCESS_PUBLIC && !needs_key(context);
}

static enum step_result without_key(struct request_context *context)
{
    return needs_key(context) ? pipeline_refuse(&context->pipeline, access_refusal_no_key())
                              : STEP_PASS;
}

static enum step_result with_bad_key(struct request_context *context)
{
    return may_ignore(context) ? STEP_PASS : refuse(context, 403, "Invalid API key");
}

static enum step_result with_no_answer(struct request_context *context)
{
    return may_ignore(context)
               ? STEP_PASS
               : pipeline_refuse(&context->pipeline, refusal_away(REFUSAL_UNAVAILABLE));
}

static enum step_result with_key(struct request_context *context, const struct api_key *key)
{
    struct caller *caller = &context->caller;

    caller->key = key;
    context->request->api_key = key->name;
    if (key->user.len == 0 || caller->has_user)
        return STEP_PASS;
    caller->user = (struct login_user){.id = key->user, .roles = key->roles, .scopes = key->scopes};
    caller->has_user = caller->is_user_of_key = true;
    context->request->user = key->user;
    return STEP_PASS;
}

static enum step_result judge(struct request_context *context, enum api_keys_state state,
                              const struct api_key *key)
{
    if (state == API_KEYS_KNOWN)
        return with_key(context, key);
    return state == API_KEYS_UNKNOWN ? with_bad_key(context) : with_no_answer(context);
}

static void on_done(struct api_keys_ask *ask, enum api_keys_state state)
{
    struct asking *asking = H2O_STRUCT_FROM_MEMBER(struct asking, ask, ask);
    struct request_context *context = asking->context;

    pipeline_resume(&context->pipeline, judge(context, state, ask->key));
}

static void cancel(void *state) { api_keys_worker_leave(&((struct asking *)state)->ask); }

static enum step_result look_up(struct request_context *context, struct text value)
{
    struct asking *asking = pool_zero(context->request->pool, sizeof(*asking));

    asking->context = context;
    asking->ask.pool = context->request->pool;
    asking->ask.value = value;
    asking->ask.done = on_done;
    enum api_keys_state state = api_keys_worker_find(context->worker->keys, &asking->ask);
    if (state != API_KEYS_WAITS)
        return judge(context, state, asking->ask.key);
    return pipeline_wait(&context->pipeline,
                         (struct pipeline_wait){.state = asking, .cancel = cancel});
}

/* The pages of this server itself have no keys. A route for callers with keys has them wherever it
 * is. */
static bool has_keys(const struct request_context *context, const struct api_keys_shared *keys)
{
    const struct request *request = context->request;

    if (context->found.kind == FOUND_BUILT_IN)
        return false;
    return context->rule.kind == ACCESS_KEY ||
           api_keys_shared_match(keys, request->pool, request->path);
}

static enum step_result find(struct request_context *context)
{
    struct text values[KEYS_MAX];
    size_t count =
        request_values(context->request, context->caller.key_header.at, values, KEYS_MAX);

    if (count > 1)
        return refuse(context, 400, "Bad request");
    if (count == 0 || values[0].len == 0)
        return without_key(context);
    if (!api_key_is_plausible(values[0]))
        return with_bad_key(context);
    return look_up(context, values[0]);
}

/* Services never get the header, also where nobody looks at it. */
enum step_result step_api_key(struct request_context *context)
{
    if (context->worker->keys == NULL)
        return STEP_PASS;
    const struct api_keys_shared *keys = api_keys_worker_of(context->worker->keys);
    context->caller.key_header = keys->settings->header;
    return has_keys(context, keys) ? find(context) : STEP_PASS;
}
