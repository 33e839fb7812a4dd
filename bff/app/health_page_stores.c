/* See health_page_stores.h. */
#include "bff/base/clock.h"
#include "bff/base/registry.h"
#include "bff/json/json_print_member.h"
#include "bff/session/oidc_client.h"

#include "bff/app/health_page_stores.h"

/* The time of a check. Both are read for each request. */
static void print_time(struct json_print *out)
{
    char iso[CLOCK_ISO_SIZE];

    clock_iso(clock_wall_ms(), iso);
    json_print_member_words(out, "time", iso);
}

static void print_size(struct json_print *out, const char *name, size_t size)
{
    json_print_key(out, name);
    json_print_size(out, size);
}

/* This page may be public, so it shows no address. */
static bool print_redis(const struct redis_state *state, struct json_print *checks)
{
    struct redis_report report = redis_state_read(state);
    const char *status = report.down == 0 ? "pass" : report.up > 0 ? "warn" : "fail";

    json_print_key(checks, "redis");
    json_print_raw(checks, TEXT("[{"));
    json_print_member_words(checks, "status", status);
    print_time(checks);
    if (report.down > 0)
        json_print_member_words(checks, "output", redis_fault_name(report.fault));
    json_print_raw(checks, TEXT("}]"));
    return report.down == 0;
}

/* A full cache is no fault: it forgets what is used least. */
static void print_cache(const struct cache *cache, struct json_print *checks)
{
    struct cache_report report = cache_read(cache);

    json_print_key(checks, "cache");
    json_print_raw(checks, TEXT("[{"));
    json_print_member_words(checks, "status", "pass");
    print_time(checks);
    print_size(checks, "observedValue", report.bytes);
    json_print_member_words(checks, "observedUnit", "bytes");
    print_size(checks, "limit", report.limit);
    print_size(checks, "entries", report.entries);
    print_size(checks, "evicted", (size_t)report.evicted);
    json_print_raw(checks, TEXT("}]"));
}

static void print_source(const struct login_report *issuer, struct json_print *checks)
{
    const struct key_source_report *keys = &issuer->keys;
    const char *status = !keys->is_failing ? "pass" : keys->keys > 0 ? "warn" : "fail";
    struct text name = pool_print(checks->pool, "login%s%s", issuer->name == NULL ? "" : ":",
                                  issuer->name == NULL ? "" : issuer->name);
    char iso[CLOCK_ISO_SIZE];

    json_print_key(checks, name.at);
    json_print_raw(checks, TEXT("[{"));
    json_print_member_words(checks, "status", status);
    print_time(checks);
    print_size(checks, "keys", keys->keys);
    if (keys->fetched_ms > 0) {
        clock_iso(keys->fetched_ms, iso);
        json_print_member_words(checks, "fetched", iso);
    }
    if (keys->is_failing)
        json_print_member_words(checks, "output", reason_name(keys->reason));
    json_print_raw(checks, TEXT("}]"));
}

/* Keys that cannot be fetched are no fault of this server: it may be restarted for nothing. */
static void print_sources(const struct login *login, struct json_print *checks)
{
    for (size_t i = 0; i < login_count(login); i++) {
        struct login_report issuer = login_issuer_report(login, i);
        if (issuer.has_keys)
            print_source(&issuer, checks);
    }
}

/* Only logins and refreshes ask a provider: without any, nothing is known of it, and that passes.
 */
static void print_provider(const struct session_provider_settings *provider,
                           struct json_print *checks)
{
    const char *fault = oidc_client_fault(registry_of_process(), provider->issuer);
    struct text name = pool_print(checks->pool, "provider:%.*s", TEXT_ARGS(provider->name));

    json_print_key(checks, name.at);
    json_print_raw(checks, TEXT("[{"));
    json_print_member_words(checks, "status", fault == NULL ? "pass" : "fail");
    print_time(checks);
    if (fault != NULL)
        json_print_member_words(checks, "output", fault);
    json_print_raw(checks, TEXT("}]"));
}

/* A provider that fails is no fault of this server, and users who are signed in stay so. */
static void print_providers(const struct session_settings *session, struct json_print *checks)
{
    for (size_t i = 0; session->is_on && i < session->provider_count; i++)
        print_provider(&session->providers[i], checks);
}

bool health_page_stores_print(const struct health_page_stores *stores, struct json_print *checks)
{
    bool is_well = stores->redis == NULL || print_redis(stores->redis, checks);

    if (stores->cache != NULL)
        print_cache(stores->cache, checks);
    if (stores->login != NULL)
        print_sources(stores->login, checks);
    if (stores->session != NULL)
        print_providers(stores->session, checks);
    return is_well;
}
