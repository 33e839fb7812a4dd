/* cache: how much is stored of the answers of services, and where. What is stored is said by routes
 * (routes.*.cache) and composites. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static void redis_read(struct settings_input *input)
{
    enum config_store *store = input->member;

    if (strcmp(input->text, "auto") == 0)
        *store = CONFIG_STORE_AUTO;
    else if (strcmp(input->text, "false") == 0)
        *store = CONFIG_STORE_MEMORY;
    else if (strcmp(input->text, "true") == 0)
        *store = CONFIG_STORE_REDIS;
    else
        settings_refuse_value(input, 0, "expected auto, true or false");
}

static const struct settings_kind redis_kind = {.read = redis_read};

static const struct setting rows[] = {
    {"cache.memory", &kind_size, OF(cache_bytes), 0, 1024 * UNITS_GIB, .normal = "64MiB",
     .about = "the most bytes of stored answers in memory; 0: nothing is cached"},
    {"cache.redis", &redis_kind, OF(cache_store), .normal = "auto",
     .about = "Redis stores them, too: true, false, or auto: when redis.url is given"},
    {"cache.refreshes", &kind_number, OF(cache_refreshes), 1, 100000, .normal = "32",
     .about = "the most calls that fetch answers in the background at the same time"},
    {0},
};

#define MEMORY_HARDLY (64 * UNITS_KIB) /* a page of HTML may be longer */

static void memory_warn(struct settings *settings)
{
    size_t bytes = settings->config->cache_bytes;

    if (bytes > 0 && bytes < MEMORY_HARDLY)
        settings_warn(settings, "cache.memory", 0,
                      "hardly any response fits; a number without a unit is in bytes");
}

static void check(struct settings *settings)
{
    struct config *config = settings->config;

    config->caches_in_redis = config->cache_store != CONFIG_STORE_MEMORY && config->redis.is_on &&
                              config->cache_bytes > 0;
    memory_warn(settings);
    if (config->cache_store != CONFIG_STORE_REDIS)
        return;
    if (!config->redis.is_on && !settings_mark(settings, "redis.url", 0)->is_wrong)
        settings_complain(settings, "cache.redis", 0,
                          "it needs redis.url, or REDIS_URL of the environment");
    if (config->cache_bytes == 0)
        settings_complain(settings, "cache.redis", 0, "cache.memory is 0, so nothing is cached");
}

const struct section section_cache = {.rows = rows, .check = check};
