/* See worker_generation.h. */
#include "bff/app/worker_generation.h"
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/worker.h"
#include "bff/observe/observer.h"
#include "bff/upstream/health.h"
#include "bff/upstream/upstream.h"

static struct worker_generation *own_of(struct worker_settings *settings)
{
    return H2O_STRUCT_FROM_MEMBER(struct worker_generation, settings, settings);
}

static void on_unused(struct worker_settings *settings)
{
    struct worker_generation *own = own_of(settings);

    cache_flights_free(own->dispatch.flights);
    upstream_free(own->dispatch.upstream);
    login_cache_release(own->dispatch.logins);
    generation_release(own->generation);
    memory_free(own);
}

static void on_call(void *cookie, const struct call_report *report)
{
    const struct worker_generation *own = cookie;

    observer_call(own->generation->observers, report);
}

struct worker_generation *worker_generation_new(struct worker *worker,
                                                struct generation *generation,
                                                struct endpoints *endpoints,
                                                struct cache_worker *cache)
{
    struct worker_generation *own = memory_new(sizeof(*own));
    const struct config *config = &generation->config;

    own->generation = generation;
    own->dispatch.upstream = upstream_new(endpoints, config->services, config->service_count);
    own->dispatch.cache = generation->caches ? cache : NULL;
    if (own->dispatch.cache != NULL && config->cache_bytes > 0)
        own->dispatch.flights = cache_flights_new(cache, own->dispatch.upstream);
    own->dispatch.upstream->observe = on_call;
    own->dispatch.upstream->observe_cookie = own;
    if (generation->login != NULL)
        own->dispatch.logins = login_cache_hold(generation->login, worker->number);
    worker_settings_add(worker, &own->settings, &generation->http, on_unused);
    return own;
}

static void on_resolved(void *cookie)
{
    struct worker_generation *own = cookie;

    own->on_resolved(own);
}

void worker_generation_resolve(struct worker_generation *own,
                               void (*tell)(struct worker_generation *own))
{
    own->on_resolved = tell;
    upstream_start(own->dispatch.upstream, own->generation->config.resolve_ms, on_resolved, own);
}

struct worker_generation *worker_generation_current(const struct worker *worker)
{
    return worker->settings == NULL ? NULL : own_of(worker->settings);
}

/* True when ${worker} makes the health checks, for all workers. */
static bool asks_about_health(const struct worker *worker) { return worker->number == 0; }

void worker_generation_watch_health(struct worker_generation *own)
{
    if (asks_about_health(own->settings.worker))
        health_start(own->generation->health, own->dispatch.upstream);
}

/* To be called when the worker does not use this generation for new requests any more. */
static void leave(struct worker_generation *own)
{
    if (asks_about_health(own->settings.worker))
        health_stop(own->generation->health);
    atomic_fetch_sub(&own->generation->workers, 1);
}

void worker_generation_switch(struct worker_generation *own)
{
    struct worker *worker = own->settings.worker;
    struct worker_generation *before = worker_generation_current(worker);

    if (before != NULL)
        leave(before);
    worker_settings_switch(worker, &own->settings);
    atomic_fetch_add(&own->generation->workers, 1);
}

bool worker_generation_end(struct worker *worker)
{
    leave(worker_generation_current(worker));
    worker_settings_end(worker);
    return h2o_linklist_is_empty(&worker->settings_in_use);
}

struct worker_generation *worker_generation_of(const struct request *request)
{
    return own_of(request->settings);
}
