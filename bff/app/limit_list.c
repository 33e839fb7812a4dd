/* See limit_list.h. */
#include <inttypes.h>

#include "bff/app/limit_list.h"
#include "bff/config/units.h"

static void print_duration(const char *name, uint32_t ms, FILE *out)
{
    char text[UNITS_SIZE];

    units_print_duration(ms, text);
    fprintf(out, "%s%s", name, text);
}

static void print_methods(const struct text *methods, FILE *out)
{
    for (const struct text *one = methods; one != NULL && one->at != NULL; one++)
        fprintf(out, "%s%.*s", one == methods ? "" : ",", TEXT_ARGS(*one));
    fprintf(out, "%s ", methods == NULL ? "*" : "");
}

static void print_key(const struct limit_rule *rule, FILE *out)
{
    static const char *const words[] = {
        [LIMIT_KEY_IP] = "ip",
        [LIMIT_KEY_USER] = "user",
        [LIMIT_KEY_HEADER] = "header:",
        [LIMIT_KEY_ROUTE] = "route",
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
    static const char *const names[LIMIT_PERIODS] = {"a minute", "an hour", "a day"};

    for (size_t i = 0; i < LIMIT_PERIODS; i++)
        if (rule->periods[i] > 0)
            fprintf(out, ", %u in %s", rule->periods[i], names[i]);
}

static void print_allowed(const struct limit_rule *rule, FILE *out)
{
    switch (rule->algorithm) {
    case LIMIT_FIXED:
    case LIMIT_SLIDING:
        fprintf(out, ", %u in ", rule->max);
        print_duration("", rule->window_ms, out);
        fprintf(out, "%s", rule->algorithm == LIMIT_SLIDING ? ", sliding" : "");
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

static void print_limits(const struct config *config, FILE *out)
{
    for (size_t i = 0; i < config->rate_limits.count; i++)
        print_rule(&config->rate_limits.rows[i], out);
    if (config->rate_limits.count > 0)
        fprintf(out, "rate limits count in %s, max_keys %zu\n",
                config->limits_in_redis ? "redis" : "memory", config->limit_keys);
}

static void print_cache(const struct config *config, FILE *out)
{
    char memory[UNITS_SIZE];

    units_print_size(config->cache_bytes, memory);
    if (config->cache_bytes == 0)
        fprintf(out, "cache off\n");
    else
        fprintf(out, "cache memory %s%s, refreshes %u\n", memory,
                config->caches_in_redis ? ", redis" : "", config->cache_refreshes);
}

static void print_address(const struct redis_address *address, FILE *out)
{
    bool is_ipv6 = strchr(address->host, ':') != NULL;

    fprintf(out, " %s%s%s:%u", is_ipv6 ? "[" : "", address->host, is_ipv6 ? "]" : "",
            address->port);
}

static void print_redis(const struct redis_settings *redis, FILE *out)
{
    if (!redis->is_on)
        return;
    fprintf(out, "redis ");
    if (redis->sentinel_count > 0)
        fprintf(out, " master %.*s of", TEXT_ARGS(redis->master));
    for (size_t i = 0; i < redis->sentinel_count; i++)
        print_address(&redis->sentinels[i], out);
    if (redis->sentinel_count == 0 && redis->socket != NULL)
        fprintf(out, " %s", redis->socket);
    else if (redis->sentinel_count == 0)
        print_address(&redis->address, out);
    fprintf(out, "%s, database %u", redis->trust == NULL ? "" : ", TLS", redis->database);
    if (redis->user.at != NULL)
        fprintf(out, ", user %.*s", TEXT_ARGS(redis->user));
    fprintf(out, "%s", redis->password.at == NULL ? "" : ", password set");
    print_duration(", timeout ", redis->timeout_ms, out);
    print_duration(", connect_timeout ", redis->connect_ms, out);
    fprintf(out, "\n");
}

void limit_list_print(const struct config *config, FILE *out)
{
    print_limits(config, out);
    print_cache(config, out);
    print_redis(&config->redis, out);
    if (config->admin != NULL)
        fprintf(out, "admin  %s\n", config->admin->text);
}
