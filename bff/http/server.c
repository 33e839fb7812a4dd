/* See server.h. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/http/body_http2_window.h"
#include "bff/http/client_leave.h"
#include "bff/http/client_linger.h"
#include "bff/http/cookie.h"
#include "bff/http/errand.h"
#include "bff/http/libh2o_error.h"
#include "bff/http/head_hooks.h"
#include "bff/http/stderr_filter.h"
#include "bff/http/reply.h"
#include "bff/http/request.h"
#include "bff/http/server.h"
#include "bff/http/worker_listen.h"
#include "bff/loop/zero_timeout.h"
#include "bff/http/slow_client.h"

#define LOOKUP_THREADS 4  /* number of threads for getaddrinfo; libh2o's default is one */
#define DRAIN_LOOK_MS 100 /* how often a draining worker looks for idle connections */

/* Requests. */

static void begin(struct request *request)
{
    if (!request->client->is_cut)
        request->worker->server->settings->on_request(request);
    else if (!request_is_http2(request))
        /* libh2o notices the shutdown with HTTP/2; an HTTP/1.1 request needs an answer */
        reply_nobody(request);
}

static void on_start(h2o_timeout_entry_t *entry)
{
    begin(H2O_STRUCT_FROM_MEMBER(struct request, next_step, entry));
}

/*
 * An HTTP/2 request begins in the loop's next step, not here. So a stream that is opened and reset
 * in the same read (a rapid-reset flood) costs no work.
 */
static int on_request(h2o_handler_t *handler, h2o_req_t *h2o_req)
{
    struct worker *worker = h2o_context_get_handler_context(h2o_req->conn->ctx, handler);

    libh2o_error_not(h2o_req);
    head_hooks_begin_body(h2o_req); /* first, so that the struct request ends before the body */
    cookie_join(h2o_req);
    struct request *request = request_new(h2o_req, worker);

    /* libh2o would end an HTTP/1.1 connection after any Connection field without keep-alive */
    if (!request_is_http2(request))
        h2o_req->http1_is_persistent =
            !worker->settings->http->limits.is_brief && request_keeps_connection(request);
    if (!request_is_http2(request)) {
        begin(request);
        return 0;
    }
    if (request->client->listener->is_leaving)
        client_leave_later(h2o_req, request->client);
    request->next_step.cb = on_start;
    h2o_timeout_link(worker->loop, &worker->context.zero_timeout, &request->next_step);
    return 0;
}

/* A worker. */

static bool may_end(struct worker *worker)
{
    bool (*ask)(struct worker * worker) = worker->server->settings->may_end;

    return ask == NULL || ask(worker);
}

/*
 * libh2o sends GOAWAY to HTTP/2 clients and closes an HTTP/1.1 connection after its next answer.
 * libh2o does not close connections that are already idle, so we close them. HTTP/2 connections are
 * closed a moment later, so that their GOAWAY can be sent.
 */
static void on_drain_look(struct timer *timer)
{
    struct worker *worker = H2O_STRUCT_FROM_MEMBER(struct worker, drain_timer, timer);
    int64_t now_ns = clock_now_ns();

    if (worker->client_count == 0 && worker->errand_count == 0)
        worker->is_over = may_end(worker);
    else if (now_ns >= worker->drained_by_ns)
        client_close_all(worker);
    else if (!worker->has_successor)
        client_close_idle(worker);
    if (now_ns >= worker->drained_by_ns + DRAIN_LOOK_MS * CLOCK_MS)
        worker->is_over = true;
    if (!worker->is_over)
        timer_set(worker_timers(worker), timer, now_ns + DRAIN_LOOK_MS * CLOCK_MS);
}

static void drain(struct worker *worker, void *cookie)
{
    worker->is_draining = true;
    worker->drained_by_ns = clock_now_ns() + worker->settings->http->drain_ms * CLOCK_MS;
    worker->drain_timer.fire = on_drain_look;
    worker_listen_end(worker);
    h2o_context_request_shutdown(&worker->context);
    timer_set(worker_timers(worker), &worker->drain_timer,
              clock_now_ns() + DRAIN_LOOK_MS * CLOCK_MS);
}

/*
 * Another process accepts the connections from now on. No client needs to notice: nothing is closed
 * that a client may still use, before its time is over.
 */
static void hand_over(struct worker *worker, void *cookie)
{
    const struct server *server = cookie;

    worker->is_draining = worker->has_successor = true;
    worker->drained_by_ns = clock_now_ns() + atomic_load(&server->drain_ms) * CLOCK_MS;
    worker->drain_timer.fire = on_drain_look;
    worker_listen_hand_over(worker);
    timer_set(worker_timers(worker), &worker->drain_timer,
              clock_now_ns() + DRAIN_LOOK_MS * CLOCK_MS);
}

static void hurry(struct worker *worker, void *cookie)
{
    const struct server *server = cookie;
    int64_t by_ns = clock_now_ns() + atomic_load(&server->drain_ms) * CLOCK_MS;

    if (by_ns < worker->drained_by_ns)
        worker->drained_by_ns = by_ns;
}

/* A message to a worker: a function that it calls in its thread. */
struct task {
    h2o_multithread_message_t message;
    void (*run)(struct worker *worker, void *cookie);
    void *cookie;
};

static void on_control(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
    struct worker *worker = H2O_STRUCT_FROM_MEMBER(struct worker, control, receiver);

    while (!h2o_linklist_is_empty(messages)) {
        struct task *task = H2O_STRUCT_FROM_MEMBER(struct task, message.link, messages->next);
        h2o_linklist_unlink(&task->message.link);
        task->run(worker, task->cookie);
        memory_free(task);
    }
}

/*
 * To be called in the worker's own thread. libh2o's queue between threads has a socket. The buffers
 * of this socket come from a free list of the thread that makes the socket, and no lock protects
 * that list.
 */
static void init_worker(struct worker *worker)
{
    head_hooks_install();
    client_linger_install();
    body_http2_window_install();
    h2o_linklist_init_anchor(&worker->clients);
    h2o_linklist_init_anchor(&worker->listeners);
    h2o_linklist_init_anchor(&worker->watches);
    h2o_linklist_init_anchor(&worker->errands);
    h2o_linklist_init_anchor(&worker->settings_in_use);
    random_seed(&worker->random);
    worker->loop = h2o_evloop_create();
    h2o_context_init(&worker->context, worker->loop, &worker->config);
    h2o_context_set_handler_context(
        &worker->context, worker->config.hosts[0]->fallback_path.handlers.entries[0], worker);
    ticker_init(&worker->ticker, worker->loop);
    h2o_multithread_register_receiver(worker->context.queue, &worker->control, on_control);
    h2o_multithread_register_receiver(worker->context.queue, &worker->resolver,
                                      h2o_hostinfo_getaddr_receiver);
}

/* With this variable, the leak checker finds the memory that a worker's thread still uses. It is
 * volatile, since no code reads it. */
static _Thread_local struct worker *volatile worker_of_this_thread;

/*
 * The thread of a worker never ends. libh2o's memory for this thread is freed only at the end of
 * the process: libh2o's context cannot be disposed of before its timers have ended, and we do not
 * wait for that.
 */
static void *run_worker(void *cookie)
{
    struct worker *worker = cookie;

    worker_of_this_thread = worker;
    log_own_ring();
    init_worker(worker);
    must(sem_post(&worker->server->begun) == 0);
    worker->server->settings->on_begin(worker);
    must(worker->settings != NULL);
    while (!worker->is_over) {
        zero_timeout_expire(&worker->context.zero_timeout);
        ticker_expire(&worker->ticker);
        h2o_evloop_run(worker->loop, INT32_MAX);
    }
    errand_cut_all(worker);
    worker->server->settings->on_end(worker);
    must(sem_post(&worker->server->ended) == 0);
    for (;;)
        pause();
}

void server_worker_ready(struct worker *worker)
{
    struct server *server = worker->server;

    slow_client_watch(worker);
    if (!worker->is_draining)
        worker_listen_begin(worker);
    if (atomic_fetch_sub(&server->not_ready, 1) == 1)
        server->settings->on_ready(server);
}

/* The server. */

/* Sets only the values that no configuration changes. The other values are set with the worker's
 * first settings. */
static void init_config(h2o_globalconf_t *config)
{
    h2o_config_init(config);
    config->server_name = h2o_iovec_init("", 0);
    h2o_hostconf_t *host =
        h2o_config_register_host(config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    /* The fallback path matches every path, also a path that does not begin with '/'. */
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
    server->common.on_over = settings->on_over;
    server->common.application = settings->application;
    server->common.workers = settings->workers;
    server->common.addresses = addresses_new();
    server->not_ready = settings->workers;
    must(sem_init(&server->begun, 0, 0) == 0);
    must(sem_init(&server->ended, 0, 0) == 0);
    server->workers = memory_new(settings->workers * sizeof(*server->workers));
    for (unsigned i = 0; i < settings->workers; i++) {
        struct worker *worker = &server->workers[i];
        worker->server = server;
        worker->common = &server->common;
        worker->number = i;
        init_config(&worker->config);
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
    wait_for_each(server, &server->begun);
}

void server_tell_workers(struct server *server, void (*run)(struct worker *worker, void *cookie),
                         void *cookie)
{
    for (unsigned i = 0; i < server->settings->workers; i++) {
        struct task *task = memory_new(sizeof(*task));
        task->run = run;
        task->cookie = cookie;
        h2o_multithread_send_message(&server->workers[i].control, &task->message);
    }
}

void server_hand_over(struct server *server, uint32_t drain_ms)
{
    atomic_store(&server->drain_ms, drain_ms);
    server_tell_workers(server, hand_over, server);
}

void server_hurry(struct server *server, uint32_t drain_ms)
{
    atomic_store(&server->drain_ms, drain_ms);
    server_tell_workers(server, hurry, server);
}

bool server_has_ended(struct server *server)
{
    int ended;

    must(sem_getvalue(&server->ended, &ended) == 0);
    return (unsigned)ended == server->settings->workers;
}

void server_leave(struct server *server) { atomic_store(&server->common.is_leaving, true); }

void server_stop(struct server *server)
{
    server_leave(server);
    server_tell_workers(server, drain, NULL);
    wait_for_each(server, &server->ended);
}
