/* api_keys.plans: how many requests a key may send. The operator chooses the names of plans. */
#include "bff/config/kind.h"
#include "bff/limit/limit_rule.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct api_keys_plan, member)
#define PLANS_MAX 64
#define NAME_MAX_BYTES 64

static void per_read(struct settings_input *input)
{
    static const char *const words[] = {[API_KEYS_DAY] = "day",
                                        [API_KEYS_WEEK] = "week",
                                        [API_KEYS_MONTH] = "month",
                                        [API_KEYS_MONTH + 1] = NULL};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(enum api_keys_period *)input->member = (enum api_keys_period)which;
}

static const struct settings_kind per_kind = {.read = per_read};

static const struct setting rows[] = {
    {"api_keys.plans.*.rate", &kind_rate, OF(rate), .shown = "no limit",
     .about = "requests of a key that are allowed for ever: 100/s, 30/m or 100/h"},
    {"api_keys.plans.*.burst", &kind_number, OF(burst), 1, LIMIT_BURST_MOST,
     .about = "requests that are allowed at once; beside rate"},
    {"api_keys.plans.*.quota.max", &kind_number, OF(quota_max), 1, LIMIT_MAX_MOST,
     .shown = "no limit", .about = "requests of a key in a period of the clock (UTC)"},
    {"api_keys.plans.*.quota.per", &per_kind, OF(quota_per),
     .about = "the period: day, week or month"},
    {0},
};

static size_t count(const struct config *config) { return config->api_keys.plan_count; }

static void *at(struct config *config, size_t index) { return &config->api_keys.plans[index]; }

static const char *name(const struct config *config, size_t index)
{
    const struct text *name = &config->api_keys.plans[index].name;

    return name->at == NULL ? "" : name->at;
}

static const char *rename_plan(struct config *config, size_t index, struct text name)
{
    bool is_good = name.len > 0 && name.len <= NAME_MAX_BYTES;

    for (size_t i = 0; i < name.len; i++) {
        char c = text_lower_char(name.at[i]);
        is_good &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
    if (!is_good)
        return "the name of a plan has 1 to 64 letters, digits, - and _";
    config->api_keys.plans[index].name = pool_text(config->pool, name);
    return NULL;
}

static void make(struct config *config, size_t count)
{
    config->api_keys.plans = pool_zero(config->pool, (count + 1) * sizeof(*config->api_keys.plans));
    config->api_keys.plan_count = count;
}

static const struct settings_items items = {.path = "api_keys.plans",
                                            .noun = "plan",
                                            .count = count,
                                            .at = at,
                                            .name = name,
                                            .rename = rename_plan,
                                            .make = make,
                                            .most = PLANS_MAX};

static bool is_given(const struct settings *settings, const char *path, size_t index)
{
    return settings_is_given(settings, path, index) ||
           settings_mark(settings, path, index)->is_wrong;
}

/* Reports ${path} when it is given and ${other} is not. */
static void beside_check(struct settings *settings, size_t index, const char *path,
                         const char *other)
{
    if (settings_is_given(settings, path, index) && !is_given(settings, other, index))
        settings_complain(settings, path, index, "it needs %s beside it",
                          other + sizeof("api_keys.plans.*.") - 1);
}

/* A plan that stands twice has been reported. */
static bool is_repeated(const struct config *config, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(name(config, i), name(config, index)) == 0)
            return true;
    return false;
}

static void check(struct settings *settings)
{
    const char *rate = "api_keys.plans.*.rate", *burst = "api_keys.plans.*.burst";
    const char *max = "api_keys.plans.*.quota.max", *per = "api_keys.plans.*.quota.per";
    const struct settings_group *group = settings_group_of(settings, &section_api_keys_plans);

    for (size_t i = 0; i < settings->config->api_keys.plan_count; i++) {
        beside_check(settings, i, rate, burst);
        beside_check(settings, i, burst, rate);
        beside_check(settings, i, max, per);
        beside_check(settings, i, per, max);
        if (settings_is_given(settings, max, i) && !settings->config->limits_in_redis)
            settings_warn(settings, max, i,
                          "it is counted in memory: each instance counts alone, and a restart "
                          "forgets the counts; expected redis.url for quotas");
        if (!is_repeated(settings->config, i) && !is_given(settings, rate, i) &&
            !is_given(settings, burst, i) && !is_given(settings, max, i) &&
            !is_given(settings, per, i))
            mistakes_add(&settings->config->mistakes, &group->begins[i],
                         "api_keys.plans.%s: it limits nothing; expected rate and burst, or quota",
                         name(settings->config, i));
    }
}

const struct section section_api_keys_plans = {.rows = rows, .items = &items, .check = check};
