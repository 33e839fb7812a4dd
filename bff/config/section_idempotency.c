/* idempotency: where the answers of requests with an Idempotency-Key are stored, and how long. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)
#define DAYS_30_S ((uint64_t)30 * 24 * 3600)

static void store_read(struct settings_input *input)
{
    static const char *const words[] = {"auto", "memory", "redis", NULL};
    static const enum config_store stores[] = {CONFIG_STORE_AUTO, CONFIG_STORE_MEMORY,
                                               CONFIG_STORE_REDIS};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(enum config_store *)input->member = stores[which];
}

static const struct settings_kind store_kind = {.read = store_read};

static const struct setting rows[] = {
    {"idempotency.store", &store_kind, OF(key_store), .normal = "auto",
     .about = "where keys and answers are: memory, redis, or auto: redis when redis.url is given"},
    {"idempotency.keep", &kind_seconds, OF(key_keep_s), 1, DAYS_30_S, .normal = "24h",
     .about = "how long the answer to a request with an Idempotency-Key is stored"},
    {"idempotency.memory", &kind_size, OF(key_bytes), 0, 64 * UNITS_GIB, .normal = "16MiB",
     .about = "the most bytes of keys and answers in memory; when it is full, requests get 503"},
    {0},
};

static void check(struct settings *settings)
{
    struct config *config = settings->config;

    config->keys_in_redis = config->key_store != CONFIG_STORE_MEMORY && config->redis.is_on;
    if (config->key_store == CONFIG_STORE_REDIS && !config->redis.is_on &&
        !settings_mark(settings, "redis.url", 0)->is_wrong)
        settings_complain(settings, "idempotency.store", 0,
                          "it needs redis.url, or REDIS_URL of the environment");
}

const struct section section_idempotency = {.rows = rows, .check = check};
