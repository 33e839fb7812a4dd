/* See limit_check.h. */
#include "bff/app/limit_check.h"
#include "bff/base/clock.h"
#include "bff/base/path_reading.h"
#include "bff/edge/trusted.h"
#include "bff/http/request_peer.h"
#include "bff/limit/limit_calendar.h"
#include "bff/limit/limit_headers.h"
#include "bff/limit/limit_key.h"
#include "bff/limit/limit_proxied.h"

/* What a check needs until the decision. It is in the request's pool. */
struct check {
    struct request_context *context;
    struct limiter_question question;
    struct limit_hit hits[LIMIT_HITS_MAX];
    struct timer delay; /* set while the request waits because of a rule with a delay */
    bool is_plan;       /* the hits are those of a usage plan */
};

/* Which rules count the request. */

static bool is_exempt(const struct request *request, const struct limit_rule *rule)
{
    const struct trusted networks = {.networks = rule->exempt, .count = rule->exempt_count};
    struct ip ip;

    return rule->exempt_count > 0 && ip_read(request->peer->client, &ip) &&
           trusted_has(&networks, &ip);
}

static struct text route_of(const struct found *found)
{
    if (found->kind == FOUND_COMPOSITE)
        return ((const struct plan *)found->match.route->target)->path;
    return found->kind == FOUND_ROUTE ? found->route->path : (struct text){0};
}

static uint32_t cost_of(const struct found *found, const struct limit_rule *rule)
{
    if (!rule->costs_parts || found->kind != FOUND_COMPOSITE)
        return 1;
    size_t parts = ((const struct plan *)found->match.route->target)->part_count;
    return parts > 0 ? (uint32_t)parts : 1;
}

/* ${path} is the lenient reading of the request's path. It is absent until a rule needs it. */
static bool counts(const struct request *request, const struct limit_rule *rule, struct text *path,
                   enum limit_check_place place)
{
    if (limit_rule_needs_user(rule) != (place == LIMIT_CHECK_AFTER_LOGIN))
        return false;
    if (path->at == NULL)
        *path = path_reading_lenient(request->pool, request->path);
    return limit_rule_matches(rule, request->method, *path) && !is_exempt(request, rule);
}

/* Writes the hits of the request to ${hits}, and returns their number. */
static size_t find_hits(const struct request_context *context, enum limit_check_place place,
                        struct limit_hit hits[LIMIT_HITS_MAX])
{
    const struct limit_rules *rules = context->dispatch->limits;
    const struct request *request = context->request;
    struct text path = {0};
    size_t count = 0;

    for (size_t i = 0; i < rules->count && count < LIMIT_HITS_MAX; i++) {
        const struct limit_rule *rule = &rules->rows[i];
        if (!counts(request, rule, &path, place))
            continue;
        hits[count++] = (struct limit_hit){
            .rule = rule,
            .key = limit_key(request, rule, route_of(&context->found)),
            .cost = cost_of(&context->found, rule),
        };
    }
    return count;
}

/* What follows from the decision. */

static enum step_result refuse(struct request_context *context, const struct limit_verdict *verdict)
{
    return pipeline_refuse(&context->pipeline,
                           (struct refusal){
                               .status = 429,
                               .message = "Too many requests from this IP, please try again later.",
                               .name = "retry-after",
                               .value = limit_headers_retry_after(context->request->pool, verdict),
                           });
}

/* The log names the rule that refuses the request. A rule with dry_run is only named if no other
 * one refuses it. */
static void tell(struct request *request, const struct limit_rule *rule)
{
    request->limit = rule->name;
    limit_proxied_tell(request, rule);
}

static uint32_t delay_of(const struct limit_rule *rule, const struct limit_verdict *verdict)
{
    return rule->is_dry_run ? 0 : verdict->delay_ms;
}

/* Returns the index of the verdict that the answer's fields show. */
static size_t shown(const struct check *check)
{
    const struct limiter_question *question = &check->question;
    size_t best = question->counted - 1;

    for (size_t i = 0; check->is_plan && i < question->counted; i++)
        if (limit_calendar_tighter(&question->verdicts[best], &question->verdicts[i]) !=
            &question->verdicts[best])
            best = i;
    return best;
}

static void count(const struct request_context *context, const struct limit_rule *rule,
                  const struct limit_verdict *verdict)
{
    size_t number = (size_t)(rule - context->dispatch->limits->rows);

    metrics_count_limit(context->worker->metrics, number,
                        !verdict->is_refused ? METRICS_LIMIT_ALLOWED
                        : rule->is_dry_run   ? METRICS_LIMIT_DRY_RUN
                                             : METRICS_LIMIT_REFUSED);
}

/* Acts on the decision, except for a wait. Writes its time to ${delay_ms}. */
static enum step_result act(struct check *check, uint32_t *delay_ms)
{
    const struct limiter_question *question = &check->question;
    struct request *request = check->context->request;
    size_t last = question->counted - 1;
    const struct limit_verdict *verdict = &question->verdicts[last];

    *delay_ms = 0;
    for (size_t i = 0; i < question->counted; i++) {
        const struct limit_rule *rule = question->hits[i].rule;
        uint32_t delay = delay_of(rule, &question->verdicts[i]);
        if (delay > *delay_ms)
            *delay_ms = delay;
        count(check->context, rule, &question->verdicts[i]);
        if (question->verdicts[i].is_refused)
            tell(request, rule);
    }
    size_t at = shown(check);
    limit_headers_set(request, question->hits[at].rule, &question->verdicts[at]);
    if (verdict->is_refused && !question->hits[last].rule->is_dry_run)
        return refuse(check->context, verdict);
    return STEP_PASS;
}

/* Waiting. A delay is nginx's: the request waits in this step and uses nothing else. The client may
 * leave meanwhile. */

static void cancel(void *state)
{
    struct check *check = state;

    limiter_cancel(&check->question);
    timer_clear(worker_timers(check->context->request->worker), &check->delay);
}

static void on_delay(struct timer *timer)
{
    struct check *check = H2O_STRUCT_FROM_MEMBER(struct check, delay, timer);

    pipeline_resume(&check->context->pipeline, STEP_PASS);
}

static void set_delay(struct check *check, uint32_t delay_ms)
{
    check->delay.fire = on_delay;
    timer_set(worker_timers(check->context->request->worker), &check->delay,
              clock_now_ns() + delay_ms * CLOCK_MS);
}

static enum step_result wait(struct check *check)
{
    return pipeline_wait(&check->context->pipeline,
                         (struct pipeline_wait){.state = check, .cancel = cancel});
}

/* The decision has come later. */
static void on_decided(struct limiter_question *question)
{
    struct check *check = H2O_STRUCT_FROM_MEMBER(struct check, question, question);
    uint32_t delay_ms;
    enum step_result result = act(check, &delay_ms);

    if (result == STEP_PASS && delay_ms > 0)
        set_delay(check, delay_ms);
    else
        pipeline_resume(&check->context->pipeline, result);
}

static enum step_result ask(struct check *check)
{
    uint32_t delay_ms;

    if (limiter_ask(check->context->worker->limiter, &check->question) == LIMITER_WAITS)
        return wait(check);
    enum step_result result = act(check, &delay_ms);
    if (result != STEP_PASS || delay_ms == 0)
        return result;
    set_delay(check, delay_ms);
    return wait(check);
}

static struct check *new_check(struct request_context *context, const struct limit_hit *hits,
                               size_t count)
{
    struct check *check = pool_zero(context->request->pool, sizeof(*check));

    memcpy(check->hits, hits, count * sizeof(*hits));
    check->context = context;
    check->question = (struct limiter_question){
        .hits = check->hits,
        .count = count,
        .pool = context->request->pool,
        .done = on_decided,
    };
    return check;
}

enum step_result limit_check_run(struct request_context *context, enum limit_check_place place)
{
    struct limit_hit hits[LIMIT_HITS_MAX];
    size_t count;

    if (context->worker->limiter == NULL || (count = find_hits(context, place, hits)) == 0)
        return STEP_PASS;
    return ask(new_check(context, hits, count));
}

enum step_result limit_check_run_plan(struct request_context *context,
                                      const struct plan_rules *plan)
{
    struct limit_hit hits[LIMIT_HITS_MAX];

    if (plan->count == 0)
        return STEP_PASS;
    for (size_t i = 0; i < plan->count; i++)
        hits[i] = (struct limit_hit){
            .rule = plan->at[i],
            .key = limit_key(context->request, plan->at[i], (struct text){0}),
            .cost = 1,
        };
    struct check *check = new_check(context, hits, plan->count);
    check->is_plan = true;
    return ask(check);
}
