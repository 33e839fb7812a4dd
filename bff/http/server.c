/* See server.h. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/http/libh2o_error.h"
#include "bff/http/guard.h"
#include "bff/http/head_hooks.h"
#include "bff/http/stderr_filter.h"
#include "bff/http/reply.h"
#include "bff/http/request.h"
#include "bff/http/server.h"
#include "bff/loop/zero_timeout.h"
#include "bff/http/slow_client.h"

#define LOOKUP_THREADS 4  /* of getaddrinfo; libh2o's default is one */
#define DRAIN_LOOK_MS 100 /* how often a draining worker looks for connections gone idle */

/* Requests. */

static void begin(struct request *request)
{
    if (!request->client->is_cut)
        request->worker->server->settings->on_request(request);
    else if (!request_is_http2(request))
        /* libh2o reads an HTTP/2 connection on and finds it shut; HTTP/1.1 waits for its answer */
        reply_nobody(request);
}

static void on_start(h2o_timeout_entry_t *entry)
{
    begin(H2O_STRUCT_FROM_MEMBER(struct request, start, entry));
}

/*
 * An HTTP/2 request begins in the loop's next step, not here: a stream that is reset in the same
 * read as it was opened (as in a rapid-reset flood) then costs no work.
 */
static int on_request(h2o_handler_t *handler, h2o_req_t *h2o_req)
{
    struct worker *worker = h2o_context_get_handler_context(h2o_req->conn->ctx, handler);

    libh2o_error_not(h2o_req);
    head_hooks_begin_body(h2o_req); /* before the request, which then ends first */
    struct request *request = request_new(h2o_req, worker);

    if (!request_is_http2(request) || guard_is_absurd(request)) {
        begin(request);
        return 0;
    }
    request->start.cb = on_start;
    h2o_timeout_link(worker->loop, &worker->context.zero_timeout, &request->start);
    return 0;
}

/* A worker. */

static void stop_listening(struct worker *worker)
{
    for (size_t i = 0; i < worker->server->settings->listen_count; i++)
        client_stop_listening(&worker->listeners[i]);
}

/*
 * libh2o tells HTTP/2 clients by GOAWAY and keeps no HTTP/1.1 connection after its answer; those
 * that are idle already it leaves open, so we close them. HTTP/2 ones get a moment for GOAWAY.
 */
static void on_drain_look(struct timer *timer)
{
    struct worker *worker = H2O_STRUCT_FROM_MEMBER(struct worker, drain_timer, timer);
    int64_t now_ns = clock_now_ns();

    if (worker->client_count == 0)
        worker->is_over = true;
    else if (now_ns >= worker->drained_by_ns)
        client_close_all(worker);
    else
        client_close_idle(worker);
    if (now_ns >= worker->drained_by_ns + DRAIN_LOOK_MS * CLOCK_MS)
        worker->is_over = true;
    if (!worker->is_over)
        timer_set(worker_timers(worker), timer, now_ns + DRAIN_LOOK_MS * CLOCK_MS);
}

static void on_control(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
    struct worker *worker = H2O_STRUCT_FROM_MEMBER(struct worker, control, receiver);

    h2o_linklist_unlink(&worker->stop.link);
    worker->is_draining = true;
    worker->drained_by_ns = clock_now_ns() + worker->server->settings->drain_ms * CLOCK_MS;
    worker->drain_timer.fire = on_drain_look;
    stop_listening(worker);
    h2o_context_request_shutdown(&worker->context);
    timer_set(worker_timers(worker), &worker->drain_timer,
              clock_now_ns() + DRAIN_LOOK_MS * CLOCK_MS);
}

/*
 * In the worker's own thread: libh2o's queue between threads has a socket whose buffers come from
 * the free list of the thread that makes it, and nothing guards such a list.
 */
static void init_worker(struct worker *worker)
{
    head_hooks_install();
    h2o_linklist_init_anchor(&worker->clients);
    h2o_linklist_init_anchor(&worker->watches);
    random_seed(&worker->random);
    worker->loop = h2o_evloop_create();
    h2o_context_init(&worker->context, worker->loop, &worker->server->config);
    h2o_context_set_handler_context(
        &worker->context, worker->server->config.hosts[0]->fallback_path.handlers.entries[0],
        worker);
    ticker_init(&worker->ticker, worker->loop);
    slow_client_watch(worker);
    h2o_multithread_register_receiver(worker->context.queue, &worker->control, on_control);
    h2o_multithread_register_receiver(worker->context.queue, &worker->resolver,
                                      h2o_hostinfo_getaddr_receiver);
}

/*
 * What libh2o holds for this thread is left to the end of the process: its context cannot be
 * disposed of before its own timers have run out, and there is nobody to wait for that. So the
 * thread stays, and what it holds stays reachable.
 */
static void *run_worker(void *cookie)
{
    struct worker *worker = cookie;

    log_own_ring();
    init_worker(worker);
    must(sem_post(&worker->server->begun) == 0);
    worker->server->settings->on_begin(worker);
    while (!worker->is_over) {
        zero_timeout_expire(&worker->context.zero_timeout);
        h2o_evloop_run(worker->loop, INT32_MAX);
    }
    worker->server->settings->on_end(worker);
    must(sem_post(&worker->server->ended) == 0);
    for (;;)
        pause();
}

static void listen_on(struct worker *worker, size_t place)
{
    struct listen *listen = &worker->server->settings->listens[place];
    struct worker_listener *listener = &worker->listeners[place];

    listener->worker = worker;
    listener->accept = (h2o_accept_ctx_t){
        .ctx = &worker->context,
        .hosts = worker->server->config.hosts,
        .ssl_ctx = listen->is_tls ? worker->server->settings->tls : NULL,
    };
    client_listen(listener, listen->fds[worker->number]);
    listen->fds[worker->number] = -1;
}

void server_worker_ready(struct worker *worker)
{
    struct server *server = worker->server;

    for (size_t i = 0; i < server->settings->listen_count && !worker->is_draining; i++)
        listen_on(worker, i);
    if (atomic_fetch_sub(&server->not_ready, 1) == 1)
        server->settings->on_ready(server);
}

/* The server. */

static void init_config(struct server *server)
{
    h2o_globalconf_t *config = &server->config;

    h2o_config_init(config);
    config->server_name = h2o_iovec_init("", 0);
    config->max_request_entity_size = limits_body_memory(server->settings->body_limit);
    config->handshake_timeout = server->common.limits.header_ms;
    config->http1.req_timeout = limits_request_ms(&server->common.limits);
    config->http2.idle_timeout = server->common.limits.idle_ms;
    config->http2.max_concurrent_requests_per_connection = server->common.limits.http2_requests;
    h2o_hostconf_t *host =
        h2o_config_register_host(config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    /* The fallback takes every path, also those that do not begin with '/'. */
    h2o_handler_t *handler = h2o_create_handler(&host->fallback_path, sizeof(*handler));
    handler->on_req = on_request;
    libh2o_error_register(&host->fallback_path);
}

struct server *server_new(const struct server_settings *settings)
{
    struct server *server = memory_new(sizeof(*server));

    h2o_hostinfo_max_threads = LOOKUP_THREADS;
    stderr_filter_install();
    server->settings = settings;
    server->common.limits = settings->limits != NULL ? *settings->limits : limits_default;
    server->common.body_limit = settings->body_limit;
    server->common.on_over = settings->on_over;
    server->common.application = settings->application;
    if (server->common.limits.connections_per_address > 0)
        server->common.addresses = addresses_new();
    server->not_ready = settings->workers;
    must(sem_init(&server->begun, 0, 0) == 0);
    must(sem_init(&server->ended, 0, 0) == 0);
    init_config(server);
    server->workers = memory_new(settings->workers * sizeof(*server->workers));
    for (unsigned i = 0; i < settings->workers; i++) {
        struct worker *worker = &server->workers[i];
        worker->server = server;
        worker->common = &server->common;
        worker->number = i;
        worker->listeners = memory_new(settings->listen_count * sizeof(*worker->listeners));
    }
    return server;
}

static void start_worker(struct worker *worker)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, run_worker, worker) == 0);
    must(pthread_detach(thread) == 0);
}

static void wait_for_each(const struct server *server, sem_t *semaphore)
{
    for (unsigned i = 0; i < server->settings->workers; i++)
        while (sem_wait(semaphore) != 0)
            must(errno == EINTR);
}

void server_start(struct server *server)
{
    for (unsigned i = 0; i < server->settings->workers; i++)
        start_worker(&server->workers[i]);
    wait_for_each(server, &server->begun); /* all can be spoken to from now on */
}

void server_leave(struct server *server) { atomic_store(&server->common.is_leaving, true); }

void server_stop(struct server *server)
{
    server_leave(server);
    for (unsigned i = 0; i < server->settings->workers; i++)
        h2o_multithread_send_message(&server->workers[i].control, &server->workers[i].stop);
    wait_for_each(server, &server->ended);
}
