/* See limit_list.h. */
#include <inttypes.h>

#include "bff/app/limit_list.h"
#include "bff/config/units.h"
#include "bff/limit/limit_plan.h"

static void print_methods(const struct text *methods, FILE *out)
{
    for (const struct text *one = methods; one != NULL && one->at != NULL; one++)
        fprintf(out, "%s%.*s", one == methods ? "" : ",", TEXT_ARGS(*one));
    fprintf(out, "%s ", methods == NULL ? "*" : "");
}

static void print_key(const struct limit_rule *rule, FILE *out)
{
    static const char *const words[] = {
        [LIMIT_KEY_IP] = "ip",           [LIMIT_KEY_USER] = "user",
        [LIMIT_KEY_HEADER] = "header:",  [LIMIT_KEY_ROUTE] = "route",
        [LIMIT_KEY_API_KEY] = "api_key",
    };

    fprintf(out, ", key ");
    for (size_t i = 0; i < rule->key_count; i++)
        fprintf(out, "%s%s%.*s", i == 0 ? "" : " ", words[rule->key[i].kind],
                TEXT_ARGS(rule->key[i].header));
}

/* A rate is a number of requests in 1000 seconds. It is shown in the unit in which it is whole. */
static void print_rate(const struct limit_rule *rule, FILE *out)
{
    uint64_t a_minute = (rule->rate * UINT64_C(60) + 999) / 1000;

    if (rule->rate % 1000 == 0)
        fprintf(out, ", rate %u/s", rule->rate / 1000);
    else if (a_minute * 1000 / 60 == rule->rate)
        fprintf(out, ", rate %" PRIu64 "/m", a_minute);
    else
        fprintf(out, ", rate %u in 1000s", rule->rate);
    fprintf(out, ", burst %u", rule->burst);
    if (rule->algorithm == LIMIT_LEAKY && rule->delay == LIMIT_NO_DELAY)
        fprintf(out, ", delay off");
    else if (rule->algorithm == LIMIT_LEAKY)
        fprintf(out, ", delay %" PRIu64, rule->delay);
}

static void print_periods(const struct limit_rule *rule, FILE *out)
{
    static const char *const names[LIMIT_PERIODS] = {"a minute", "an hour", "a day", "a week",
                                                     "a month"};

    for (size_t i = 0; i < LIMIT_PERIODS; i++)
        if (rule->periods[i] > 0)
            fprintf(out, ", %u in %s", rule->periods[i], names[i]);
}

static void print_allowed(const struct limit_rule *rule, FILE *out)
{
    char window[UNITS_SIZE];

    switch (rule->algorithm) {
    case LIMIT_FIXED:
    case LIMIT_SLIDING:
        units_print_duration(rule->window_ms, window);
        fprintf(out, ", %u in %s%s", rule->max, window,
                rule->algorithm == LIMIT_SLIDING ? ", sliding" : "");
        break;
    case LIMIT_LEAKY:
    case LIMIT_TOKENS:
        print_rate(rule, out);
        break;
    case LIMIT_CALENDAR:
        print_periods(rule, out);
        break;
    }
}

static void print_rule(const struct limit_rule *rule, FILE *out)
{
    static const char *const headers[] = {
        [LIMIT_HEADERS_DRAFT_6] = "",
        [LIMIT_HEADERS_STRUCTURED] = ", headers structured",
        [LIMIT_HEADERS_LEGACY] = ", headers legacy",
        [LIMIT_HEADERS_OFF] = ", headers off",
    };

    fprintf(out, "rate limit %.*s  ", TEXT_ARGS(rule->name));
    print_methods(rule->methods, out);
    fprintf(out, "%.*s", TEXT_ARGS(rule->path));
    print_key(rule, out);
    print_allowed(rule, out);
    fprintf(out, "%s", rule->costs_parts ? ", cost parts" : "");
    if (rule->exempt_count > 0)
        fprintf(out, ", exempt %zu", rule->exempt_count);
    fprintf(out, "%s%s\n", headers[rule->headers], rule->is_dry_run ? ", dry run" : "");
}

static void print_plan(const struct api_keys_plan *plan, struct pool *pool, FILE *out)
{
    struct limit_rule rate = limit_plan_rate(plan, pool), quota = limit_plan_quota(plan, pool);

    fprintf(out, "usage plan %.*s  key api_key", TEXT_ARGS(plan->name));
    if (plan->rate > 0)
        print_allowed(&rate, out);
    if (plan->quota_max > 0)
        print_allowed(&quota, out);
    fprintf(out, "\n");
}

void limit_list_print(const struct config *config, FILE *out)
{
    for (size_t i = 0; i < config->rate_limits.count; i++)
        print_rule(&config->rate_limits.rows[i], out);
    for (size_t i = 0; i < config->api_keys.plan_count; i++)
        print_plan(&config->api_keys.plans[i], config->pool, out);
    if (config->rate_limits.count + config->api_keys.plan_count > 0)
        fprintf(out, "rate limits count in %s, max_keys %zu\n",
                config->limits_in_redis ? "redis" : "memory", config->limit_keys);
}
