/* See generation_limits.h. The rules of the plans stand behind the others in one list, because a
 * limiter has one list of rules. */
#include "bff/app/generation_limits.h"
#include "bff/limit/limit_plan.h"

#define RULES_OF_A_PLAN 2 /* the rate and the quota */

static void add_plan(struct generation *generation, const struct api_keys_plan *plan,
                     struct plan_rules *out)
{
    struct limit_rules *rules = &generation->rules;

    *out = (struct plan_rules){0};
    if (plan->rate > 0) {
        rules->rows[rules->count] = limit_plan_rate(plan, generation->pool);
        out->at[out->count++] = &rules->rows[rules->count++];
    }
    if (plan->quota_max > 0) {
        rules->rows[rules->count] = limit_plan_quota(plan, generation->pool);
        out->at[out->count++] = &rules->rows[rules->count++];
    }
}

void generation_limits_prepare(struct generation *generation)
{
    const struct config *config = &generation->config;
    const struct limit_rules *limits = &config->rate_limits;
    const struct api_keys_settings *keys = &config->api_keys;
    size_t plans = keys->source == API_KEYS_OFF ? 0 : keys->plan_count;
    size_t most = limits->count + RULES_OF_A_PLAN * plans;

    generation->rules.rows =
        pool_zero(generation->pool, (most + 1) * sizeof(*generation->rules.rows));
    for (size_t i = 0; i < limits->count; i++)
        generation->rules.rows[i] = limits->rows[i];
    generation->rules.count = limits->count;
    generation->limits = generation->rules;
    generation->plans = pool_zero(generation->pool, (plans + 1) * sizeof(*generation->plans));
    for (size_t i = 0; i < plans; i++)
        add_plan(generation, &keys->plans[i], &generation->plans[i]);
}
