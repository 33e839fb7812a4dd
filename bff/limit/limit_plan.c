/* See limit_plan.h. */
#include "bff/limit/limit_plan.h"

static struct limit_rule rule_of(struct text name)
{
    return (struct limit_rule){
        .name = name,
        .path = TEXT("/"),
        .key = {{.kind = LIMIT_KEY_API_KEY}},
        .key_count = 1,
        .headers = LIMIT_HEADERS_DRAFT_6,
    };
}

struct limit_rule limit_plan_rate(const struct api_keys_plan *plan, struct pool *pool)
{
    struct limit_rule rule = rule_of(pool_print(pool, "plan:%.*s", TEXT_ARGS(plan->name)));

    rule.algorithm = LIMIT_TOKENS;
    rule.rate = plan->rate;
    rule.burst = plan->burst > 0 ? plan->burst : 1;
    return rule;
}

struct limit_rule limit_plan_quota(const struct api_keys_plan *plan, struct pool *pool)
{
    static const enum limit_period_kind periods[] = {
        [API_KEYS_DAY] = LIMIT_DAY,
        [API_KEYS_WEEK] = LIMIT_WEEK,
        [API_KEYS_MONTH] = LIMIT_MONTH,
    };
    struct limit_rule rule = rule_of(pool_print(pool, "plan:%.*s:quota", TEXT_ARGS(plan->name)));

    rule.algorithm = LIMIT_CALENDAR;
    rule.periods[periods[plan->quota_per]] = plan->quota_max;
    return rule;
}
