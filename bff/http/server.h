/*
 * The server: listeners, workers and their end.
 *
 * The way of a request: client.c accepts its connection, libh2o reads it, server.c makes a struct
 * request of it, guard.c looks at it, and the application (settings.on_request) takes over.
 */
#ifndef BFF_HTTP_SERVER_H
#define BFF_HTTP_SERVER_H

#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include <h2o.h>

#include "bff/http/limits.h"
#include "bff/http/listen.h"
#include "bff/http/worker.h"

struct server;

/* What the application gives; constant while the server runs. */
struct server_settings {
    struct listen *listens; /* opened; the server takes their sockets */
    size_t listen_count;
    SSL_CTX *tls; /* for listeners with is_tls; NULL when there is none */
    unsigned workers;
    uint32_t drain_ms;                  /* how long requests in flight may take after server_stop */
    size_t body_limit;                  /* of a client's request, bytes; the largest of any route */
    const struct server_limits *limits; /* NULL: limits_default */

    /* A request is over; see worker_common. May be NULL. */
    void (*on_over)(const struct request *request);

    /* In the worker's thread: before it serves (it calls server_worker_ready, then or later) and
     * after its last connection is gone. */
    void (*on_begin)(struct worker *worker);
    void (*on_end)(struct worker *worker);

    /* Every request. The application answers it by reply.h, now or later. */
    void (*on_request)(struct request *request);

    /* All workers are ready; called once, in one of their threads. */
    void (*on_ready)(struct server *server);
    void *application;
};

struct server {
    const struct server_settings *settings;
    h2o_globalconf_t config;
    struct worker_common common;
    struct worker *workers;
    _Atomic unsigned not_ready; /* workers */
    sem_t begun;                /* posted by each worker when it can be spoken to */
    sem_t ended;                /* posted by each worker */
};

/* Makes the server; nothing runs yet. */
struct server *server_new(const struct server_settings *settings);

/* Starts the workers. */
void server_start(struct server *server);

/* A worker can serve now: its listeners are opened to connections. In the worker's thread. */
void server_worker_ready(struct worker *worker);

/* The server is going to be stopped: it serves on, and says so where it is asked (/ready). From any
 * thread. */
void server_leave(struct server *server);

/*
 * Drains: no new connections, requests in flight finish, idle connections close, HTTP/2 clients are
 * told by GOAWAY. Returns when all workers have ended, after drain_ms at the latest. To be called
 * by the thread that called server_start.
 */
void server_stop(struct server *server);

#endif
