/*
 * The server: listeners, workers and their end. A worker is a thread with one libh2o loop and
 * everything that it needs; workers share nothing that changes.
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

#include "bff/http/addresses.h"
#include "bff/http/limits.h"
#include "bff/base/random.h"
#include "bff/http/listen.h"
#include "bff/loop/ticker.h"

struct request;
struct server;
struct worker;

/* What the application gives; constant while the server runs. */
struct server_settings {
    struct listen *listens; /* opened; the server takes their sockets */
    size_t listen_count;
    SSL_CTX *tls; /* for listeners with is_tls; NULL when there is none */
    unsigned workers;
    uint32_t drain_ms;                  /* how long requests in flight may take after server_stop */
    size_t body_limit;                  /* of a client's request, bytes; the largest of any route */
    const struct server_limits *limits; /* NULL: limits_default */
    bool access_log;                    /* a line for each request */

    /* In the worker's thread: before it serves (it calls server_worker_ready, then or later) and
     * after its last connection is gone. */
    void (*on_begin)(struct worker *worker);
    void (*on_end)(struct worker *worker);

    /* Every request, before the guard looks at it: what its answer has whoever gives it
     * (request->extra). May be NULL. */
    void (*on_prepare)(struct request *request);

    /* A request that the guard let pass. The application answers by reply.h, now or later. */
    void (*on_request)(struct request *request);

    /* All workers are ready; called once, in one of their threads. */
    void (*on_ready)(struct server *server);
    void *application;
};

struct worker {
    struct server *server;
    unsigned number;
    h2o_context_t context;
    h2o_loop_t *loop;
    struct ticker ticker;
    h2o_linklist_t clients; /* of struct client */
    size_t client_count;
    h2o_linklist_t watches; /* of struct watch */
    struct worker_listener *listeners;
    h2o_multithread_receiver_t control; /* where ${stop} comes to */
    h2o_multithread_message_t stop;     /* libh2o wakes nobody for a message of NULL */
    h2o_multithread_receiver_t resolver;
    bool is_draining;
    int64_t drained_by_ns; /* when what is left is cut */
    struct timer drain_timer;
    struct timer sweep_timer; /* of slow_client.c */
    bool is_over;
    struct random random; /* of ids */
    void *application;    /* on_begin's to set */
};

struct server {
    const struct server_settings *settings;
    h2o_globalconf_t config;
    struct server_limits limits;
    struct addresses *addresses; /* NULL without a limit for one address */
    _Atomic size_t connections;
    struct worker *workers;
    _Atomic unsigned not_ready; /* workers */
    _Atomic bool is_leaving;
    sem_t begun; /* posted by each worker when it can be spoken to */
    sem_t ended; /* posted by each worker */
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
bool server_is_leaving(const struct server *server);

/*
 * Drains: no new connections, requests in flight finish, idle connections close, HTTP/2 clients are
 * told by GOAWAY. Returns when all workers have ended, after drain_ms at the latest. To be called
 * by the thread that called server_start.
 */
void server_stop(struct server *server);

static inline struct timers *worker_timers(struct worker *worker) { return &worker->ticker.timers; }

#endif
