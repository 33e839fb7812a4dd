/* See generation.h. */
#include <stdio.h>

#include "bff/app/generation.h"
#include "bff/app/generation_authorizer.h"
#include "bff/app/generation_cache.h"
#include "bff/app/generation_calls.h"
#include "bff/app/generation_limits.h"
#include "bff/app/generation_routes.h"
#include "bff/app/generation_metrics.h"
#include "bff/app/observers.h"
#include "bff/app/route_list.h"
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/base/registry.h"
#include "bff/cache/cache.h"
#include "bff/compose/build.h"
#include "bff/edge/api_keys_shared.h"
#include "bff/json/json_redact.h"
#include "bff/record/record.h"
#include "bff/store/redis_state.h"
#include "bff/upstream/health.h"

#define VERDICT_BYTES ((size_t)16 * 1024 * 1024)

struct generation_kept {
    void *object;
    struct generation_kept *next;
};

static struct generation *new_generation(void)
{
    struct generation *generation = memory_new(sizeof(*generation));

    atomic_init(&generation->holds, 1);
    generation->pool = pool_new();
    return generation;
}

/* Returns 0; or -1, and the mistakes of the tables have been printed. */
static int make_pages(struct generation *generation, const struct bff_build *build)
{
    const struct config *config = &generation->config;
    struct pages *pages = &generation->pages;
    bool is_good = route_list_make(generation->pool, build, pages, stderr) == 0;

    pages->body_limit = config->body_limit;
    pages->depth_limit = config->depth_limit;
    pages->beat_ms = config->beat_ms;
    pages->mock_mode.mocks = config_mocks(config);
    return is_good ? 0 : -1;
}

/* The tables are checked for every action, even --help: a build with wrong tables does nothing
 * else. */
struct generation *generation_load(int argc, char **argv, const struct bff_build *build,
                                   enum config_action *action)
{
    struct generation *generation = new_generation();

    if (build_check(build, stderr) > 0) {
        *action = CONFIG_EXIT_BAD;
        return generation;
    }
    *action = config_read_and_print(argc, argv, build, &generation->config);
    if (make_pages(generation, build) != 0)
        *action = CONFIG_EXIT_BAD;
    return generation;
}

struct generation *generation_load_again(int argc, char **argv, const struct bff_build *build)
{
    struct generation *generation = new_generation();

    config_read(argc, argv, build, &generation->config);
    must(make_pages(generation, build) == 0); /* they depend on the build only */
    return generation;
}

static void log_endpoint(const struct health_change *change)
{
    char since[CLOCK_ISO_SIZE];

    clock_iso(change->down_since_ms, since);
    log_event("endpoint", (struct log_field[]){
                              {"service", .text = text_of(change->service)},
                              {"endpoint", .text = text_of(change->endpoint)},
                              {"state", .text = change->is_up ? TEXT("up") : TEXT("down")},
                              {"since", .text = text_of(since)},
                              {"reason", .text = text_of(reason_name(change->reason))},
                              {"status", .number = change->status},
                              {0},
                          });
}

/* Logs that a service or an endpoint has gone down, or is up again. */
static void on_health(const struct health_change *change)
{
    enum reason reason = change->is_up ? REASON_NONE : change->reason;

    if (change->endpoint != NULL) {
        log_endpoint(change);
        return;
    }
    log_event("health", (struct log_field[]){
                            {"service", .text = text_of(change->service)},
                            {"state", .text = change->is_up ? TEXT("up") : TEXT("down")},
                            {"reason", .text = text_of(reason_name(reason))},
                            {"status", .number = change->is_up ? 0 : change->status},
                            {0},
                        });
}

static void hold_redis(struct generation *generation)
{
    if (!generation->config.redis.is_on)
        return;
    generation->redis = redis_state_hold(registry_of_process(), &generation->config.redis);
    generation_keep(generation, generation->redis);
}

/* What Redis and services say of keys is kept in the cache of verdicts. */
static void make_keys(struct generation *generation)
{
    const struct config *config = &generation->config;

    if (config->api_keys.source == API_KEYS_OFF)
        return;
    generation->keys = api_keys_shared_new(&config->api_keys, config->api_keys_file);
    if (config->api_keys.source == API_KEYS_FILE)
        return;
    struct cache *verdicts = cache_hold(registry_of_process(), TEXT("verdicts"));
    cache_set_limit(verdicts, VERDICT_BYTES);
    generation_keep(generation, verdicts);
}

static struct admin_failures *hold_admin_failures(struct generation *generation)
{
    struct admin_failures *failures = admin_failures_hold(registry_of_process());

    generation_keep(generation, failures);
    return failures;
}

/* The keys survive a change of the configuration. */
static void hold_idempotency(struct generation *generation)
{
    const struct pages *pages = &generation->pages;
    bool changes = false;

    for (size_t i = 0; i < pages->count; i++)
        changes |= pages->plans[i]->changes;
    if (!changes)
        return;
    generation->idempotency = key_memory_hold(registry_of_process());
    key_memory_set_limit(generation->idempotency, generation->config.key_bytes);
    generation_keep(generation, generation->idempotency);
}

static struct inspect_scope inspect_scope_of(const struct generation *generation)
{
    const struct config *config = &generation->config;

    return (struct inspect_scope){
        .record = generation->record,
        .redact = generation->redact,
        .mocks = config->mock_dir != NULL ? config->build->mocks : NULL,
        .mock = config->mock,
    };
}

/* The requests survive a change of the configuration. */
static void hold_record(struct generation *generation)
{
    const struct record_settings *settings = &generation->config.recorder;

    if (!settings->is_on)
        return;
    generation->record = record_hold(registry_of_process());
    generation->redact =
        json_redact_new(generation->pool, settings->redact, settings->redact_count);
    record_configure(generation->record, settings);
    generation_keep(generation, generation->record);
}

static void fill_dispatch(struct generation *generation)
{
    const struct config *config = &generation->config;
    struct text server = generation->pages.server;

    generation->dispatch = (struct dispatch){
        .pages = &generation->pages,
        .routes = &config->routes,
        .may_encode_slashes = config->may_encode_slashes,
        .login = generation->login,
        .sessions = generation->sessions,
        .authorizer = generation->authorizer,
        .identity = config->identity_keys,
        .cors = &config->cors,
        .security = &config->security,
        .limits = &generation->limits,
        .plans = generation->plans,
        .compress = &config->compress,
        .admin = &config->admin_settings,
        .admin_failures = hold_admin_failures(generation),
        .revocation = &config->revocation,
        .subject_header = config->tls_more.clients.header,
        .trusted = &config->trusted,
        .health = {.health = generation->health,
                   .stores = {.redis = generation->redis,
                              .cache = generation->cache,
                              .login = generation->login,
                              .session = &config->session}},
        .inspect = inspect_scope_of(generation),
        .body_limit = config->request_limit,
        .uploads = &config->uploads,
        .proxy = {.server = server,
                  .withheld = config_withheld_headers(config),
                  .security = &config->security,
                  .hides_cors = cors_is_on(&config->cors)},
    };
}

static bool names_clients(const void *proxies, const struct sockaddr *address)
{
    struct ip ip;

    return ip_of(address, &ip) && trusted_has(proxies, &ip);
}

const char *generation_prepare(struct generation *generation)
{
    const struct config *config = &generation->config;
    const char *wrong = NULL;

    generation->pages.mock_mode.mock = config->mock;
    if (!config->login_is_off) {
        generation->login = login_new(&config->login, &wrong);
        if (generation->login == NULL)
            return wrong;
    }
    if (config->session.is_on)
        generation->sessions = session_store_new(&config->session);
    generation->health = health_new(config->services, config->service_count, on_health);
    generation->http = (struct http_settings){
        .limits = config->limits,
        .body_limit = config_largest_body(config),
        .answers_half_closed = config->answers_half_closed,
        .records = config->recorder.is_on,
        .drain_ms = config->drain_ms,
        .names_clients = names_clients,
        .proxies = &config->trusted,
        .tls = config->tls,
        .tracing = &config->tracing,
    };
    generation_routes_prepare(generation);
    generation_calls_prepare(generation);
    generation_cache_prepare(generation);
    generation_limits_prepare(generation);
    make_keys(generation);
    generation_authorizer_prepare(generation);
    hold_redis(generation);
    hold_idempotency(generation);
    hold_record(generation);
    fill_dispatch(generation);
    generation_metrics_prepare(generation);
    generation->loaded_ms = clock_wall_ms();
    generation->observers = observers_of(config, generation->pool);
    return NULL;
}

void generation_keep(struct generation *generation, void *object)
{
    struct generation_kept *kept = pool_take(generation->pool, sizeof(*kept));

    *kept = (struct generation_kept){object, generation->kept};
    generation->kept = kept;
}

struct generation *generation_hold(struct generation *generation)
{
    atomic_fetch_add(&generation->holds, 1);
    return generation;
}

void generation_release(struct generation *generation)
{
    size_t before = atomic_fetch_sub(&generation->holds, 1);

    must(before > 0);
    if (before > 1)
        return;
    must(atomic_load(&generation->workers) == 0);
    for (const struct generation_kept *kept = generation->kept; kept != NULL; kept = kept->next)
        registry_release(kept->object);
    health_free(generation->health);
    session_store_free(generation->sessions);
    authorizer_free(generation->authorizer);
    login_free(generation->login);
    api_keys_shared_free(generation->keys);
    config_free(&generation->config);
    pool_free(generation->pool);
    memory_free(generation);
}
