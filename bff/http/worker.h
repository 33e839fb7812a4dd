/*
 * A worker: a thread with one libh2o loop and its data. Workers share only the data in struct
 * worker_common.
 */
#ifndef BFF_HTTP_WORKER_H
#define BFF_HTTP_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include "bff/base/random.h"
#include "bff/http/addresses.h"
#include "bff/loop/ticker.h"

struct request;
struct server;
struct worker_settings;

/* The data that all workers of a server share. Only the atomic members change while the server
 * runs. */
struct worker_common {
    struct addresses *addresses;
    _Atomic size_t connections;
    _Atomic bool is_leaving; /* the server will be stopped soon */
    unsigned workers;

    /* Called when ${request} is over. Its data can still be read, except for objects in the pool
     * with a destructor of their own. May be NULL. */
    void (*on_over)(const struct request *request);
    void *application; /* belongs to the application */
};

struct worker {
    struct server *server;
    struct worker_common *common;
    unsigned number;
    h2o_globalconf_t config; /* each worker has its own, so that it can change it at any time */
    h2o_context_t context;
    h2o_loop_t *loop;
    struct ticker ticker;
    struct worker_settings *settings; /* the current settings; NULL before the first ones */
    h2o_linklist_t settings_in_use;   /* of struct worker_settings */
    h2o_linklist_t clients;           /* of struct client */
    size_t client_count;
    h2o_linklist_t watches; /* of struct watch */
    h2o_linklist_t errands; /* of struct errand */
    size_t errand_count;
    size_t errand_bytes;      /* of the bodies that they keep */
    h2o_linklist_t listeners; /* of struct worker_listener, those that accept connections */
    bool is_listening;        /* it accepts connections: it is ready, and does not drain */
    h2o_multithread_receiver_t control; /* receives the messages of server.c */
    h2o_multithread_receiver_t resolver;
    bool is_draining;
    bool has_successor;    /* it drains because another process serves in place of this one */
    int64_t drained_by_ns; /* when the remaining connections are cut */
    struct timer drain_timer;
    struct timer sweep_timer; /* for slow_client.c */
    bool is_over;
    struct random random; /* for ids */
    void *application;    /* belongs to the application; on_begin sets it */
};

static inline struct timers *worker_timers(struct worker *worker) { return &worker->ticker.timers; }

#endif
