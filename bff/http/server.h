/*
 * The server: listeners, workers and their end.
 *
 * The way of a request: client.c accepts its connection, libh2o reads it, server.c makes a struct
 * request of it when its head is known, and the application answers it
 * (server_settings.on_request).
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
 * What the process gives its server; constant while the server runs. What a configuration says
 * and can change is struct http_settings: the application gives it to each worker by
 * worker_settings_switch, the first time in on_begin.
 */
struct server_settings {
    struct listen *listens; /* opened; the server takes their sockets */
    size_t listen_count;
    unsigned workers;

    /* A request is over; see worker_common. May be NULL. */
    void (*on_over)(const struct request *request);

    /* Called in the worker's thread before it serves. It gives the worker its first settings, and
     * it calls server_worker_ready, then or later. */
    void (*on_begin)(struct worker *worker);

    /* Called in the worker's thread after its last connection is gone. It calls
     * worker_settings_end. */
    void (*on_end)(struct worker *worker);

    /* Called for every request. The application answers it by reply.h, then or later. */
    void (*on_request)(struct request *request);

    /* Called once, in the thread of one worker, when all workers are ready. */
    void (*on_ready)(struct server *server);
    void *application;
};

struct server {
    const struct server_settings *settings;
    struct worker_common common;
    struct worker *workers;
    _Atomic unsigned not_ready; /* workers */
    sem_t begun;                /* posted by each worker when it can receive messages */
    sem_t ended;                /* posted by each worker */
};

/* Makes the server; no thread runs yet. */
struct server *server_new(const struct server_settings *settings);

/* Starts the workers. Returns when all of them can receive messages. */
void server_start(struct server *server);

/* The worker can serve now: it accepts connections. To be called in the worker's thread. */
void server_worker_ready(struct worker *worker);

/*
 * Calls ${run} with ${cookie} once in the thread of each worker, soon, in the order of these calls.
 * Returns at once. ${cookie} must live until the last call. Between server_start and server_stop,
 * from the thread that calls those.
 */
void server_tell_workers(struct server *server, void (*run)(struct worker *worker, void *cookie),
                         void *cookie);

/* The server will be stopped soon: it continues to serve, and /ready reports this. From any thread.
 */
void server_leave(struct server *server);

/*
 * Drains: no new connections are accepted, requests in flight finish, idle connections are closed,
 * and HTTP/2 clients get GOAWAY. Returns when all workers have ended, after drain_ms of the current
 * settings at the latest. To be called by the thread that called server_start.
 */
void server_stop(struct server *server);

#endif
