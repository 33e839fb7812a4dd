/*
 * A worker: a thread with one libh2o loop and everything that it needs. Workers share only what is
 * in struct worker_common.
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

/* What all workers of a server share. Only the atomics change while it runs. */
struct worker_common {
    struct addresses *addresses;
    _Atomic size_t connections;
    _Atomic bool is_leaving; /* the server is going to be stopped */

    /* Called when ${request} is over. All of it can still be read, except for objects that end on
     * their own. May be NULL. */
    void (*on_over)(const struct request *request);
    void *application; /* belongs to the application */
};

struct worker {
    struct server *server;
    struct worker_common *common;
    unsigned number;
    h2o_globalconf_t config; /* a worker's own one, so that it can change it at any time */
    h2o_context_t context;
    h2o_loop_t *loop;
    struct ticker ticker;
    struct worker_settings *settings; /* the current ones; NULL before the first */
    h2o_linklist_t settings_in_use;   /* of struct worker_settings */
    h2o_linklist_t clients;           /* of struct client */
    size_t client_count;
    h2o_linklist_t watches; /* of struct watch */
    h2o_linklist_t errands; /* of struct errand */
    size_t errand_count;
    struct worker_listener *listeners;
    h2o_multithread_receiver_t control; /* where the messages of server.c arrive */
    h2o_multithread_receiver_t resolver;
    bool is_draining;
    int64_t drained_by_ns; /* when the connections that are left are cut */
    struct timer drain_timer;
    struct timer sweep_timer; /* of slow_client.c */
    bool is_over;
    struct random random; /* of ids */
    void *application;    /* on_begin sets it */
};

static inline struct timers *worker_timers(struct worker *worker) { return &worker->ticker.timers; }

#endif
