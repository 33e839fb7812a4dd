/* rate_limit_store: where rate_limits count. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static void use_read(struct settings_input *input)
{
    enum config_store *store = input->member;

    if (strcmp(input->text, "auto") == 0)
        *store = CONFIG_STORE_AUTO;
    else if (strcmp(input->text, "memory") == 0)
        *store = CONFIG_STORE_MEMORY;
    else if (strcmp(input->text, "redis") == 0)
        *store = CONFIG_STORE_REDIS;
    else
        settings_refuse_value(input, 0, "expected auto, memory or redis");
}

static const struct settings_kind use_kind = {.read = use_read};

static const struct setting rows[] = {
    {"rate_limit_store.use", &use_kind, OF(limit_store), .normal = "auto",
     .about = "where requests are counted: memory, redis, or auto: redis when redis.url is given"},
    {"rate_limit_store.max_keys", &kind_count, OF(limit_keys), 1024, 100000000, .normal = "160000",
     .about = "the most keys that are counted in memory, 64 bytes each"},
    {0},
};

static void check(struct settings *settings)
{
    struct config *config = settings->config;

    config->limits_in_redis = config->limit_store != CONFIG_STORE_MEMORY && config->redis.is_on;
    if (config->limit_store == CONFIG_STORE_REDIS && !config->redis.is_on &&
        !settings_mark(settings, "redis.url", 0)->is_wrong)
        settings_complain(settings, "rate_limit_store.use", 0,
                          "it needs redis.url, or REDIS_URL of the environment");
}

const struct section section_rate_limit_store = {.rows = rows, .check = check};
