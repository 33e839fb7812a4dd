/* redis: the Redis server that many instances share for rate limits and the cache. */
#include "bff/config/kind.h"
#include "bff/config/pem.h"
#include "bff/config/redis_url.h"
#include "bff/upstream/trust.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

/* No message may show the URL, because it may have a password. */
static void url_read(struct settings_input *input)
{
    struct config *config = input->config;
    struct text url = text_bare_line(text_of(input->text));
    const char *words = redis_url_read(config->pool, url, &config->redis, &config->redis_is_tls);

    if (words != NULL)
        settings_refuse(input, 0, "%s", words);
}

static void sentinels_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct pool *pool = input->config->pool;
    struct redis_address *list = pool_zero(pool, values->count * sizeof(*list));

    for (size_t i = 0; i < values->count; i++) {
        const char *words = redis_url_read_address(pool, text_of(values->texts[i]),
                                                   REDIS_URL_SENTINEL_PORT, &list[i]);
        if (strstr(values->texts[i], "://") != NULL)
            settings_refuse(input, i,
                            "a Sentinel server is written as HOST:PORT, without a scheme");
        else if (words != NULL)
            settings_refuse_value(input, i, words);
    }
    if (input->is_wrong)
        return;
    input->config->redis.sentinels = list;
    input->config->redis.sentinel_count = values->count;
}

static void master_read(struct settings_input *input)
{
    const char *string = NULL;
    struct settings_input inner = *input;

    inner.member = &string;
    kind_string.read(&inner);
    input->is_wrong = inner.is_wrong;
    if (!input->is_wrong)
        *(struct text *)input->member = text_of(string);
}

static const struct settings_kind url_kind = {.read = url_read};
static const struct settings_kind sentinels_kind = {.read = sentinels_read, .is_list = true};
static const struct settings_kind master_kind = {.read = master_read};

static const struct setting rows[] = {
    {"redis.url", &url_kind, .shown = "REDIS_URL of the environment; without it there is no Redis",
     .about = "redis://USER:PASSWORD@HOST:PORT/DATABASE, rediss:// with TLS, or unix:///PATH?db=N",
     .environment = "REDIS_URL", .may_be_unset = true},
    {"redis.timeout", &kind_duration, OF(redis.timeout_ms), 1, 10 * UNITS_SECOND, .normal = "50ms",
     .about = "how long a request waits for Redis before it goes on without it"},
    {"redis.connect_timeout", &kind_duration, OF(redis.connect_ms), 1, 60 * UNITS_SECOND,
     .normal = "250ms", .about = "from dialling to connected, TLS and AUTH included"},
    {"redis.ca_file", &kind_file, OF(redis_ca_file), .shown = "the system's authorities",
     .about = "who may sign the certificate of rediss://, a PEM file"},
    {"redis.sentinels", &sentinels_kind,
     .about = "Sentinel servers that know where the master is: HOST:PORT"},
    {"redis.master", &master_kind, OF(redis.master), .normal = "mymaster",
     .about = "the master's name in Sentinel"},
    {0},
};

static bool is_wrong(const struct settings *settings, const char *path)
{
    return settings_mark(settings, path, 0)->is_wrong;
}

/* The path of the setting that a mistake in the combination of URL and Sentinel is about. */
static const char *url_or_sentinels(const struct settings *settings)
{
    return settings_is_given(settings, "redis.url", 0) ? "redis.url" : "redis.sentinels";
}

static void sentinels_check(struct settings *settings)
{
    const struct redis_settings *redis = &settings->config->redis;

    if (redis->sentinel_count == 0 && !is_wrong(settings, "redis.sentinels") &&
        settings_is_given(settings, "redis.master", 0))
        settings_complain(settings, "redis.master", 0, "it needs redis.sentinels beside it");
    if (redis->sentinel_count == 0)
        return;
    if (redis->socket != NULL || redis->address.host != NULL)
        settings_complain(settings, url_or_sentinels(settings), 0,
                          "redis.sentinels say where the server is; write the URL without a host, "
                          "as in redis://:password@/0, or remove redis.sentinels");
}

static void host_check(struct settings *settings)
{
    const struct redis_settings *redis = &settings->config->redis;
    bool is_lost = redis->sentinel_count == 0 && redis->socket == NULL &&
                   redis->address.host == NULL && !is_wrong(settings, "redis.sentinels");

    if (settings_is_given(settings, "redis.url", 0) && is_lost)
        settings_complain(settings, "redis.url", 0,
                          "its host is missing; only with redis.sentinels it has none");
}

static void authorities_check(struct settings *settings)
{
    struct config *config = settings->config;
    const char *file = config->redis_ca_file, *no_trust = NULL;
    char wrong[PEM_WRONG_SIZE];
    bool is_unused = file != NULL && !config->redis_is_tls && !is_wrong(settings, "redis.url");

    if (is_unused)
        settings_complain(settings, "redis.ca_file", 0,
                          "nothing uses it: redis.url does not begin with rediss://");
    if (file != NULL && pem_check_authorities(file, wrong) != 0) {
        settings_complain(settings, "redis.ca_file", 0, "\"%.200s\" %s", file, wrong);
        return;
    }
    if (!config->redis_is_tls)
        return;
    config->redis.trust = trust_new(file, &no_trust);
    if (config->redis.trust == NULL)
        settings_complain(settings, file == NULL ? "redis.url" : "redis.ca_file", 0, "%s",
                          no_trust);
    else if (file != NULL && pem_check_dates(file, wrong) != 0)
        settings_warn(settings, "redis.ca_file", 0, "\"%.200s\" %s", file, wrong);
}

/* Without Redis each instance counts alone, which nobody would notice. */
static void unset_warn(struct settings *settings)
{
    const struct settings_mark *mark = settings_mark(settings, "redis.url", 0);

    if (mark->is_unset && !settings->config->redis.is_on)
        mistakes_add(&settings->config->warnings, &mark->seen,
                     "redis.url: its variable is not set, so there is no Redis; if it may be "
                     "missing, write ${NAME:-}");
}

static void check(struct settings *settings)
{
    struct redis_settings *redis = &settings->config->redis;

    redis->is_on = settings_is_given(settings, "redis.url", 0) || redis->sentinel_count > 0;
    sentinels_check(settings);
    host_check(settings);
    authorities_check(settings);
    unset_warn(settings);
}

const struct section section_redis = {.rows = rows, .check = check};
