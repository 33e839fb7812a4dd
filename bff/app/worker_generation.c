/* See worker_generation.h. */
#include "bff/app/purge_channel.h"
#include "bff/app/worker_generation.h"
#include "bff/app/worker_generation_refresh.h"
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/registry.h"
#include "bff/edge/login_worker.h"
#include "bff/edge/revocation_channel.h"
#include "bff/http/worker.h"
#include "bff/http/worker_listen.h"
#include "bff/observe/observer.h"
#include "bff/observe/traces.h"
#include "bff/upstream/health.h"
#include "bff/upstream/upstream.h"

static struct worker_generation *own_of(struct worker_settings *settings)
{
    return H2O_STRUCT_FROM_MEMBER(struct worker_generation, settings, settings);
}

static void on_unused(struct worker_settings *settings)
{
    struct worker_generation *own = own_of(settings);

    traces_stop(own->observed.traces);
    cache_flights_free(own->dispatch.flights);
    api_keys_worker_free(own->dispatch.keys);
    session_refresh_free(own->dispatch.refreshes);
    limiter_free(own->dispatch.limiter);
    revocation_channel_free(own->revoked);
    redis_free(own->dispatch.redis);
    key_store_free(own->dispatch.idempotency);
    authorizer_worker_free(own->dispatch.authorizer);
    upstream_free(own->dispatch.upstream);
    login_worker_free(own->dispatch.login);
    revocation_view_free(own->dispatch.revocations);
    oidc_free(own->dispatch.oidc);
    identity_free(own->dispatch.identity);
    traces_free(own->observed.traces);
    metrics_worker_free(own->dispatch.metrics);
    generation_release(own->generation);
    memory_free(own);
}

static void on_call(void *cookie, const struct call_report *report)
{
    struct worker_generation *own = cookie;

    observer_call(own->generation->observers, &own->observed, report);
}

static struct redis_loop loop_of(struct worker *worker)
{
    return (struct redis_loop){
        .loop = worker->loop,
        .soon = &worker->context.zero_timeout,
        .resolver = &worker->resolver,
        .timers = worker_timers(worker),
    };
}

static struct redis *new_redis(struct worker *worker, const struct redis_settings *settings)
{
    struct redis_loop on = loop_of(worker);

    return settings->is_on ? redis_new(&on, registry_of_process(), settings) : NULL;
}

static struct limiter *new_limiter(const struct generation *generation, struct redis *redis)
{
    const struct config *config = &generation->config;

    if (generation->rules.count == 0)
        return NULL;
    return limiter_new(&(struct limiter_settings){
        .rules = &generation->rules,
        .keys = config->limit_keys,
        .registry = registry_of_process(),
        .redis = config->limits_in_redis ? redis : NULL,
    });
}

static struct key_store *new_idempotency(const struct generation *generation, struct redis *redis)
{
    const struct config *config = &generation->config;

    if (generation->idempotency == NULL)
        return NULL;
    return key_store_new(generation->idempotency, config->keys_in_redis ? redis : NULL,
                         (int64_t)config->key_keep_s * 1000);
}

static struct api_keys_worker *new_keys(const struct generation *generation,
                                        const struct dispatch_worker *worker)
{
    if (generation->keys == NULL)
        return NULL;
    return api_keys_worker_new(&(struct api_keys_worker_parts){
        .keys = generation->keys,
        .verdicts = worker->verdicts,
        .redis = worker->redis,
        .upstream = worker->upstream,
    });
}

static struct revocation_view *new_revocations(const struct config *config)
{
    if (!config->revocation.is_on)
        return NULL;
    struct revocation *revocation = revocation_hold(registry_of_process());
    struct revocation_view *view = revocation_view_new(revocation);
    revocation_release(revocation);
    return view;
}

/* Spans that are left keep what sends them. At the very end nothing can be kept any more. */
static bool hold_traces(void *cookie)
{
    struct worker_generation *own = cookie;

    if (own->settings.holds == 0)
        return false;
    worker_settings_hold(&own->settings);
    return true;
}

static void release_traces(void *cookie)
{
    worker_settings_release(&((struct worker_generation *)cookie)->settings);
}

static struct traces_worker *new_traces(struct worker_generation *own, struct endpoints *endpoints)
{
    const struct tracing_settings *settings = &own->generation->config.tracing;

    if (!settings->is_on)
        return NULL;
    return traces_new(&(struct span_export_parts){.settings = settings,
                                                  .endpoints = endpoints,
                                                  .hold = hold_traces,
                                                  .release = release_traces,
                                                  .cookie = own});
}

static struct oidc *new_oidc(const struct session_settings *settings, struct endpoints *endpoints)
{
    if (!settings->is_on || settings->provider_count == 0)
        return NULL;
    return oidc_new(settings, endpoints, registry_of_process());
}

struct worker_generation *worker_generation_new(struct worker *worker,
                                                struct generation *generation,
                                                const struct worker_life *life)
{
    struct worker_generation *own = memory_new(sizeof(*own));
    const struct config *config = &generation->config;

    own->generation = generation;
    own->dispatch.upstream = upstream_new(life->endpoints, config->services, config->service_count);
    own->dispatch.cache = generation->cache != NULL ? life->cache : NULL;
    own->dispatch.endpoints = life->endpoints;
    own->dispatch.verdicts = life->verdicts;
    own->dispatch.refreshed = life->refreshed;
    own->dispatch.upstream->observe = on_call;
    own->dispatch.upstream->observe_cookie = own;
    if (generation->login != NULL)
        own->dispatch.login = login_worker_new(generation->login, life->endpoints, worker->number);
    own->dispatch.revocations = new_revocations(config);
    if (config->identity_keys != NULL)
        own->dispatch.identity = identity_new(config->identity_keys);
    own->dispatch.redis = new_redis(worker, &config->redis);
    own->dispatch.cache_redis = config->caches_in_redis ? own->dispatch.redis : NULL;
    if (own->dispatch.cache != NULL)
        own->dispatch.flights =
            cache_flights_new(life->cache, own->dispatch.upstream, own->dispatch.cache_redis);
    if (generation->authorizer != NULL)
        own->dispatch.authorizer =
            authorizer_worker_new(generation->authorizer, life->verdicts, own->dispatch.upstream);
    own->dispatch.limiter = new_limiter(generation, own->dispatch.redis);
    own->dispatch.idempotency = new_idempotency(generation, own->dispatch.redis);
    own->dispatch.keys = new_keys(generation, &own->dispatch);
    own->dispatch.oidc = new_oidc(&config->session, life->endpoints);
    if (generation->metrics != NULL)
        own->observed.metrics = own->dispatch.metrics =
            metrics_worker_new(generation->metrics, worker->number);
    own->observed.record = generation->record;
    worker_generation_refresh_prepare(own, worker);
    worker_settings_add(worker, &own->settings, &generation->http, on_unused);
    own->observed.traces = new_traces(own, life->endpoints);
    return own;
}

static void on_settled(void *cookie);

/* True for the worker that makes the health checks, and listens to purges and revocations, for all
 * workers. */
static bool works_for_all(const struct worker *worker) { return worker->number == 0; }

/* Begins before the channel of the generation before ends, so that no message is missed. */
static void follow_revocations(struct worker_generation *own)
{
    struct redis_loop on = loop_of(own->settings.worker);

    if (!works_for_all(own->settings.worker) || own->dispatch.revocations == NULL ||
        own->dispatch.redis == NULL)
        return;
    own->unsettled++;
    own->revoked =
        revocation_channel_new(&on, &own->generation->config.redis, own->dispatch.redis,
                               revocation_of_view(own->dispatch.revocations), on_settled, own);
}

static void on_settled(void *cookie)
{
    struct worker_generation *own = cookie;

    if (--own->unsettled == 0)
        own->on_resolved(own);
}

void worker_generation_resolve(struct worker_generation *own,
                               void (*tell)(struct worker_generation *own))
{
    own->on_resolved = tell;
    own->unsettled = own->dispatch.redis == NULL ? 1 : 2;
    follow_revocations(own);
    if (own->dispatch.redis != NULL)
        redis_wait_first(own->dispatch.redis, on_settled, own);
    upstream_start(own->dispatch.upstream, own->generation->config.resolve_ms, on_settled, own);
}

struct worker_generation *worker_generation_current(const struct worker *worker)
{
    return worker->settings == NULL ? NULL : own_of(worker->settings);
}

/* Nobody listened between two generations, so purges may have been missed. */
static void listen_to_purges(struct worker_generation *own)
{
    const struct config *config = &own->generation->config;
    struct redis_loop on = loop_of(own->settings.worker);

    if (!config->redis.is_on || own->generation->cache == NULL)
        return;
    own->purges = purge_channel_new(&on, &config->redis);
    if (own->generation->number > 1)
        purge_channel_missed(own->purges);
}

void worker_generation_watch(struct worker_generation *own)
{
    if (!works_for_all(own->settings.worker))
        return;
    health_start(own->generation->health, own->dispatch.upstream);
    if (own->dispatch.login != NULL)
        login_worker_start(own->dispatch.login);
    listen_to_purges(own);
    if (own->dispatch.revocations != NULL && own->dispatch.redis == NULL)
        revocation_set_state(revocation_of_view(own->dispatch.revocations), REVOCATION_CURRENT);
}

/* To be called when the worker does not use this generation for new requests any more. */
static void leave(struct worker_generation *own)
{
    if (works_for_all(own->settings.worker))
        health_stop(own->generation->health);
    if (own->dispatch.login != NULL)
        login_worker_stop(own->dispatch.login);
    purge_channel_free(own->purges);
    own->purges = NULL;
    revocation_channel_free(own->revoked);
    own->revoked = NULL;
    traces_leave(own->observed.traces);
    atomic_fetch_sub(&own->generation->workers, 1);
}

void worker_generation_switch(struct worker_generation *own)
{
    struct worker *worker = own->settings.worker;
    struct worker_generation *before = worker_generation_current(worker);

    if (before != NULL)
        leave(before);
    worker_listen_switch(worker, &own->settings);
    atomic_fetch_add(&own->generation->workers, 1);
}

bool worker_generation_may_end(struct worker *worker)
{
    bool may_end = true;

    for (h2o_linklist_t *at = worker->settings_in_use.next; at != &worker->settings_in_use;
         at = at->next)
        may_end &= traces_flush(
            own_of(H2O_STRUCT_FROM_MEMBER(struct worker_settings, link, at))->observed.traces);
    return may_end;
}

static void stop_traces(struct worker *worker)
{
    for (h2o_linklist_t *at = worker->settings_in_use.next; at != &worker->settings_in_use;
         at = at->next)
        traces_stop(
            own_of(H2O_STRUCT_FROM_MEMBER(struct worker_settings, link, at))->observed.traces);
}

bool worker_generation_end(struct worker *worker)
{
    stop_traces(worker);
    leave(worker_generation_current(worker));
    worker_settings_end(worker);
    return h2o_linklist_is_empty(&worker->settings_in_use);
}

struct worker_generation *worker_generation_of(const struct request *request)
{
    return own_of(request->settings);
}
