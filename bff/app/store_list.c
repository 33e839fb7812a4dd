/* See store_list.h. */
#include "bff/app/store_list.h"
#include "bff/config/units.h"

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

/* Where the server is. */
static void print_place(const struct redis_settings *redis, FILE *out)
{
    if (redis->sentinel_count > 0)
        fprintf(out, " master %.*s of", TEXT_ARGS(redis->master));
    for (size_t i = 0; i < redis->sentinel_count; i++)
        print_address(&redis->sentinels[i], out);
    if (redis->sentinel_count == 0 && redis->socket != NULL)
        fprintf(out, " %s", redis->socket);
    else if (redis->sentinel_count == 0)
        print_address(&redis->address, out);
}

static void print_redis(const struct redis_settings *redis, FILE *out)
{
    char timeout[UNITS_SIZE], connect_timeout[UNITS_SIZE];

    if (!redis->is_on)
        return;
    fprintf(out, "redis ");
    print_place(redis, out);
    fprintf(out, "%s, database %u", redis->trust == NULL ? "" : ", TLS", redis->database);
    if (redis->user.at != NULL)
        fprintf(out, ", user %.*s", TEXT_ARGS(redis->user));
    fprintf(out, "%s", redis->password.at == NULL ? "" : ", password set");
    units_print_duration(redis->timeout_ms, timeout);
    units_print_duration(redis->connect_ms, connect_timeout);
    fprintf(out, ", timeout %s, connect_timeout %s\n", timeout, connect_timeout);
}

void store_list_print(const struct config *config, FILE *out)
{
    print_cache(config, out);
    print_redis(&config->redis, out);
    if (config->admin != NULL)
        fprintf(out, "admin  %s\n", config->admin->text);
}
