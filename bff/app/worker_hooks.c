/* See worker_hooks.h. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bff/app/admin_request.h"
#include "bff/app/inspect_request.h"
#include "bff/app/notify.h"
#include "bff/app/predecessor.h"
#include "bff/app/ready_line.h"
#include "bff/app/request_steps.h"
#include "bff/app/worker_generation.h"
#include "bff/app/worker_hooks.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_worker.h"
#include "bff/http/request.h"
#include "bff/observe/observer.h"
#include "bff/upstream/batch.h"
#include "bff/upstream/endpoints.h"

/* What a worker has for its whole life, independently of a configuration. It is
 * worker->application. */
struct worker_own {
    struct batch *batch; /* for its calls to services; NULL: no io_uring */
    struct worker_life life;
};

/* Returns NULL when io_uring is not available; most container runtimes, for example, forbid it.
 * Without it everything works but needs more processor time. */
static struct batch *new_batch(struct worker *worker, const struct config *config)
{
    if (!config->may_use_io_uring)
        return NULL;
    struct batch *batch = batch_new(worker->loop, &worker->context.zero_timeout);

    if (batch == NULL && worker->number == 0) {
        struct log_field fields[] = {
            {"state", .text = TEXT("unavailable")},
            {"reason", .text = text_of(strerrorname_np(errno))},
            {0},
        };
        log_event("io_uring", fields);
    }
    return batch;
}

static struct cache_worker *new_cache(struct worker *worker, struct text name)
{
    return cache_worker_new(registry_of_process(), worker->loop, name);
}

static struct worker_own *own_new(struct worker *worker, const struct config *config)
{
    struct worker_own *own = memory_new(sizeof(*own));

    own->batch = new_batch(worker, config);
    own->life.endpoints = endpoints_new(&(struct endpoint_loop){
        .loop = worker->loop,
        .resolver = &worker->resolver,
        .timers = worker_timers(worker),
        .batch = own->batch,
    });
    own->life.cache = new_cache(worker, (struct text){0});
    own->life.verdicts = new_cache(worker, TEXT("verdicts"));
    own->life.refreshed = new_cache(worker, TEXT("refreshed"));
    return own;
}

static void own_free(struct worker_own *own)
{
    cache_worker_free(own->life.refreshed);
    cache_worker_free(own->life.verdicts);
    cache_worker_free(own->life.cache);
    endpoints_free(own->life.endpoints);
    batch_free(own->batch);
    memory_free(own);
}

static void on_first_resolved(struct worker_generation *own)
{
    worker_generation_watch(own);
    server_worker_ready(own->settings.worker);
}

static struct worker_generation *new_generation(struct worker *worker,
                                                struct generation *generation)
{
    const struct worker_own *own = worker->application;

    return worker_generation_new(worker, generation, &own->life);
}

/* The worker switches to the first generation at once. It does not accept connections before the
 * host names have been looked up. */
static void on_begin(struct worker *worker)
{
    struct generation *first = first_thread_of(worker)->first;

    worker->application = own_new(worker, &first->config);
    struct worker_generation *own = new_generation(worker, first);
    worker_generation_switch(own);
    worker_generation_resolve(own, on_first_resolved);
}

/* The names of ${own} have been looked up. If those of a later generation were looked up before,
 * the worker has already switched to that generation and does not need ${own}. */
static void on_later_resolved(struct worker_generation *own)
{
    struct worker *worker = own->settings.worker;
    const struct generation *current = worker_generation_current(worker)->generation;

    if (worker->is_draining || own->generation->number < current->number) {
        worker_settings_release(&own->settings);
        return;
    }
    worker_generation_switch(own);
    worker_generation_watch(own);
    first_thread_ring(first_thread_of(worker));
}

void worker_hooks_switch(struct worker *worker, void *cookie)
{
    struct generation *generation = cookie;

    if (worker->is_draining)
        generation_release(generation);
    else
        worker_generation_resolve(new_generation(worker, generation), on_later_resolved);
}

/* Requests that did not end during the drain still use their generation and its calls. These stay
 * in memory until the process ends. */
static void on_end(struct worker *worker)
{
    if (worker_generation_end(worker))
        own_free(worker->application);
}

static void on_request(struct request *request)
{
    const struct worker_generation *own = worker_generation_of(request);

    if (inspect_request_is(&own->generation->dispatch, request))
        inspect_request_run(&own->generation->dispatch, &own->dispatch, request);
    else if (request->client->is_admin)
        admin_request_run(&own->generation->dispatch, &own->dispatch, request);
    else
        request_steps_run(&own->generation->dispatch, &own->dispatch, request);
}

/* The log and the metrics are about requests of clients. A page below /__bff/ asks twice a second.
 */
static void on_over(const struct request *request)
{
    struct worker_generation *own = worker_generation_of(request);

    if (request->client->is_admin || inspect_request_is(&own->generation->dispatch, request))
        return;
    observer_over(own->generation->observers, &own->observed, request);
}

static void on_ready(struct server *server)
{
    struct first_thread *thread = server->common.application;
    const struct generation *first = thread->first;

    ready_line_print(&first->http, &first->config, stdout);
    if (predecessor_is_there())
        predecessor_tell_ready(); /* the service manager listens to the predecessor only */
    else if (!atomic_load(&server->common.is_leaving))
        notify_send(NOTIFY_READY);
    log_start(STDOUT_FILENO);
    atomic_store(&thread->is_ready, true);
    first_thread_ring(thread);
}

void worker_hooks_set(struct server_settings *settings, struct first_thread *thread)
{
    settings->on_begin = on_begin;
    settings->may_end = worker_generation_may_end;
    settings->on_end = on_end;
    settings->on_request = on_request;
    settings->on_over = on_over;
    settings->on_ready = on_ready;
    settings->application = thread;
}
