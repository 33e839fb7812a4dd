/*
 * The server: listeners, workers and their end.
 *
 * The way of a request: client.c accepts its connection, and libh2o reads its head. Then server.c
 * makes a struct request, and the application answers it (server_settings.on_request).
 */
#ifndef BFF_HTTP_SERVER_H
#define BFF_HTTP_SERVER_H

#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include "bff/http/listen.h"
#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

struct server;

/*
 * The settings that never change while the server runs. The settings of a configuration, which can
 * change, are in struct http_settings; the listeners are there, too. The application gives them to
 * each worker with worker_settings_switch, for the first time in on_begin.
 */
struct server_settings {
    unsigned workers;

    /* Called when a request is over; see worker_common. May be NULL. */
    void (*on_over)(const struct request *request);

    /* Called in the worker's thread before it serves. This function must give the worker its first
     * settings, and must call server_worker_ready at once or later. */
    void (*on_begin)(struct worker *worker);

    /* Called every 100 ms in a worker that drains, once it has no client and no errand any more,
     * and not after the end of the drain. The worker ends when it returns true. May be NULL. */
    bool (*may_end)(struct worker *worker);

    /* Called in the worker's thread after its last connection has been closed. This function must
     * call worker_settings_end. */
    void (*on_end)(struct worker *worker);

    /* Called for every request. The application answers it with reply.h, at once or later. */
    void (*on_request)(struct request *request);

    /* Called once, in the thread of one worker, when all workers are ready. */
    void (*on_ready)(struct server *server);
    void *application;
};

struct server {
    const struct server_settings *settings;
    struct worker_common common;
    struct worker *workers;
    _Atomic uint32_t drain_ms;  /* of server_hand_over and server_hurry */
    _Atomic unsigned not_ready; /* number of workers that are not ready yet */
    sem_t begun;                /* posted by each worker when it can receive messages */
    sem_t ended;                /* posted by each worker when it ends */
};

/* Makes the server. It starts no thread. */
struct server *server_new(const struct server_settings *settings);

/* Starts the workers. Returns when all of them can receive messages. */
void server_start(struct server *server);

/* Makes ${worker} accept connections. To be called in the worker's thread when the worker can
 * serve. */
void server_worker_ready(struct worker *worker);

/*
 * Makes each worker call ${run} with ${cookie} once in its thread. Returns at once; the workers
 * call ${run} soon, in the order of the calls of server_tell_workers. ${cookie} must live until the
 * last call of ${run}. To be called between server_start and server_stop, by the thread that calls
 * those.
 */
void server_tell_workers(struct server *server, void (*run)(struct worker *worker, void *cookie),
                         void *cookie);

/* Announces that the server will be stopped soon: it continues to serve, but /ready fails. Any
 * thread may call this function. */
void server_leave(struct server *server);

/*
 * Drains for another process that listens on the same sockets, and returns at once. /ready does not
 * change. Connections end as client_leave.h describes it, and those that are left after ${drain_ms}
 * are cut. server_has_ended tells when all workers have ended. To be called by the thread that
 * called server_start, in place of server_stop.
 */
void server_hand_over(struct server *server, uint32_t drain_ms);
void server_hurry(struct server *server, uint32_t drain_ms); /* not later than in ${drain_ms} */
bool server_has_ended(struct server *server);

/*
 * Drains: no new connections are accepted, requests in flight finish, idle connections are closed,
 * and HTTP/2 clients get GOAWAY. Returns when all workers have ended, after drain_ms of the current
 * settings at the latest. To be called by the thread that called server_start.
 */
void server_stop(struct server *server);

#endif
