/* Step "login": finds the user who sends the request. When the key of a token is not known, and a
 * key set at a URL may have it, the request waits until the key set was fetched again. */
#include "bff/app/request_steps.h"
#include "bff/app/revocation_check.h"
#include "bff/base/clock.h"
#include "bff/edge/login_worker.h"

/* The number of fields that are read. Two are enough to refuse the request. */
#define AUTHORIZATION_MAX 2

/* The fetch under way may have begun before the provider had the key. So a token may ask again. */
#define ASKS_MAX 2

/* A request that waits for keys. */
struct waiting {
    struct key_source_wait wait;
    struct request_context *context;
    unsigned asks;
};

static enum step_result decide(struct request_context *context, struct waiting *waiting);

/* The user of a token takes precedence over the user of an API key. */
static enum login_verdict check_login(struct request_context *context, struct login_user *user,
                                      struct key_source_worker **wanted)
{
    struct text values[AUTHORIZATION_MAX];
    enum login_fault fault;
    size_t count = request_values(context->request, "authorization", values, AUTHORIZATION_MAX);
    struct login_request question = {
        .authorization = values,
        .authorization_count = count,
        .now_seconds = clock_wall_s(),
        .revocations = context->worker->revocations,
        .pool = context->request->pool,
    };
    enum login_verdict verdict =
        login_check_with(context->worker->login, &question, user, &fault, wanted);
    context->request->login_fault = login_fault_name(fault);
    return verdict;
}

/* Refusals. A public route does not need a good token: only an ambiguous request is refused
 * there. */

static enum step_result refuse(struct request_context *context, struct refusal refusal)
{
    return pipeline_refuse(&context->pipeline, refusal);
}

/* The token is good, but nobody knows whether it was revoked. A public route does without a user.
 */
static enum step_result be_uncertain(struct request_context *context)
{
    return context->rule.kind == ACCESS_PUBLIC ? STEP_PASS
                                               : refuse(context, revocation_check_refusal());
}

/* A session comes before a token. Where there are sessions, tokens may be not allowed at all. In
 * both cases services do not get the token, either. The authorizer may check tokens itself. */
static bool reads_token(const struct request_context *context)
{
    return !context->caller.hides_authorization && !step_authorizer_checks_token(context);
}

static enum step_result refuse_bad(struct request_context *context)
{
    if (context->rule.kind == ACCESS_PUBLIC)
        return STEP_PASS;
    return refuse(context, (struct refusal){
                               .status = 403,
                               .message = "Invalid token",
                               .name = "www-authenticate",
                               .value = TEXT("Bearer error=\"invalid_token\""),
                           });
}

static enum step_result refuse_without_keys(struct request_context *context, unsigned retry_s)
{
    struct refusal refusal = refusal_away(REFUSAL_UNAVAILABLE);

    refusal.value = pool_print(context->request->pool, "%u", retry_s);
    return context->rule.kind == ACCESS_PUBLIC ? STEP_PASS : refuse(context, refusal);
}

/* Waiting. */

static void on_fetched(struct key_source_wait *wait)
{
    struct waiting *waiting = H2O_STRUCT_FROM_MEMBER(struct waiting, wait, wait);
    struct request_context *context = waiting->context;
    enum step_result result = decide(context, waiting);

    if (result != STEP_WAITS)
        pipeline_resume(&context->pipeline, result);
}

static void cancel(void *state)
{
    struct waiting *waiting = state;

    key_source_worker_cancel(&waiting->wait);
}

static enum step_result late(void *state)
{
    struct waiting *waiting = state;

    return refuse_without_keys(waiting->context, 1);
}

/* The first time, the step begins to wait. Afterwards it waits already. */
static enum step_result wait_for_keys(struct request_context *context, struct waiting *waiting,
                                      const struct key_source_worker *wanted)
{
    if (waiting->asks++ > 0)
        return STEP_WAITS;
    return pipeline_wait(
        &context->pipeline,
        (struct pipeline_wait){
            .state = waiting,
            .until_ns = clock_now_ns() + key_source_worker_patience_ms(wanted) * CLOCK_MS,
            .cancel = cancel,
            .late = late,
        });
}

static enum step_result ask(struct request_context *context, struct waiting *waiting,
                            struct key_source_worker *wanted)
{
    unsigned retry_s = 1;

    if (waiting == NULL) {
        waiting = pool_zero(context->request->pool, sizeof(*waiting));
        waiting->context = context;
        waiting->wait.done = on_fetched;
    }
    if (waiting->asks == ASKS_MAX)
        return refuse_bad(context);
    switch (key_source_worker_ask(wanted, &waiting->wait, &retry_s)) {
    case KEY_SOURCE_UNDER_WAY:
        return wait_for_keys(context, waiting, wanted);
    case KEY_SOURCE_DOWN:
        return refuse_without_keys(context, retry_s);
    case KEY_SOURCE_NOT_NOW:
    case KEY_SOURCE_FETCH:
        break;
    }
    return refuse_bad(context);
}

static enum step_result decide(struct request_context *context, struct waiting *waiting)
{
    struct key_source_worker *wanted;
    struct login_user user;

    switch (check_login(context, &user, &wanted)) {
    case LOGIN_AMBIGUOUS:
        return refuse(context, (struct refusal){.status = 400, .message = "Bad request"});
    case LOGIN_BAD:
        return refuse_bad(context);
    case LOGIN_WAITS:
        return ask(context, waiting, wanted);
    case LOGIN_OK:
        if (revocation_check_is_uncertain(context))
            return be_uncertain(context);
        context->caller.user = user;
        context->caller.has_user = true;
        context->caller.is_user_of_key = false;
        context->request->user = context->caller.user.id;
        break;
    case LOGIN_ANONYMOUS:
        break;
    }
    return STEP_PASS;
}

enum step_result step_login(struct request_context *context)
{
    if (context->dispatch->login == NULL || !reads_token(context))
        return STEP_PASS;
    return decide(context, NULL);
}
