/* A worker's begin and end, and its requests. See application.h. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bff/app/application.h"
#include "bff/app/notify.h"
#include "bff/base/check.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/http/access_log.h"
#include "bff/http/request.h"
#include "bff/upstream/batch.h"
#include "bff/upstream/upstream.h"

static const struct application *application_of(const struct worker *worker)
{
    return worker->common->application;
}

/* One worker asks after the services' health for all. */
static bool is_prober(const struct worker *worker) { return worker->number == 0; }

static void on_resolved(void *cookie)
{
    struct worker *worker = cookie;
    struct dispatch_worker *own = worker->application;

    if (is_prober(worker))
        health_start(application_of(worker)->dispatch.health.health, own->upstream);
    server_worker_ready(worker);
}

/* Containers, for one, refuse it mostly; all works without, and costs more time of the processor.
 */
static struct batch *new_batch(struct worker *worker)
{
    if (!application_of(worker)->config->may_use_io_uring)
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

static void on_begin(struct worker *worker)
{
    const struct application *application = application_of(worker);
    const struct config *config = application->config;
    struct dispatch_worker *own = memory_new(sizeof(*own));
    own->batch = new_batch(worker);
    struct upstream_loop on = {
        .loop = worker->loop,
        .resolver = &worker->resolver,
        .timers = worker_timers(worker),
        .batch = own->batch,
    };
    const char *wrong = NULL;

    own->upstream = upstream_new(&on, config->services, config->service_count, &wrong);
    must(own->upstream != NULL); /* the configuration has loaded every CA file already */
    if (application->login != NULL)
        own->logins = login_cache_new(application->login);
    worker->application = own;
    upstream_start(own->upstream, config->resolve_ms, on_resolved, worker);
}

/* Requests that the drain cut off still hold their calls: those go with the process. */
static void on_end(struct worker *worker)
{
    struct dispatch_worker *own = worker->application;

    if (is_prober(worker))
        health_stop(application_of(worker)->dispatch.health.health);
    if (worker->client_count > 0)
        return;
    upstream_free(own->upstream);
    batch_free(own->batch);
    login_cache_free(own->logins);
    memory_free(own);
    worker->application = NULL;
}

static void on_request(struct request *request)
{
    dispatch_request(&application_of(request->worker)->dispatch, request->worker->application,
                     request);
}

static void on_ready(struct server *server)
{
    printf("{\"event\":\"ready\",\"listen\":[");
    for (size_t i = 0; i < server->settings->listen_count; i++) {
        char url[LISTEN_URL_SIZE];
        listen_url(&server->settings->listens[i], url);
        printf("%s\"%s\"", i == 0 ? "" : ",", url);
    }
    printf("]}\n");
    fflush(stdout);
    if (!atomic_load(&server->common.is_leaving))
        notify_send(NOTIFY_READY);
    log_start(STDOUT_FILENO);
}

void hooks_set(struct server_settings *settings)
{
    settings->on_begin = on_begin;
    settings->on_end = on_end;
    settings->on_request = on_request;
    settings->on_ready = on_ready;
    if (((const struct application *)settings->application)->config->has_access_log)
        settings->on_over = access_log_write;
}
