/*
 * A worker: a thread with one libh2o loop and everything that it needs. Workers share only what
 * struct worker_common says.
 */
#ifndef BFF_HTTP_WORKER_H
#define BFF_HTTP_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include "bff/base/random.h"
#include "bff/http/addresses.h"
#include "bff/http/limits.h"
#include "bff/loop/ticker.h"

struct request;
struct server;

/* What all workers of a server share. Only the atomics change while it runs. */
struct worker_common {
    struct server_limits limits;
    size_t body_limit;           /* of a client's request, bytes; the largest of any route */
    struct addresses *addresses; /* NULL without a limit for one address */
    _Atomic size_t connections;
    _Atomic bool is_leaving; /* the server is going to be stopped */

    /* ${request} is over, and still whole except for objects with an end of their own. NULL: nobody
     * wants to know. */
    void (*on_over)(const struct request *request);
    void *application; /* the application's to know */
};

struct worker {
    struct server *server;
    struct worker_common *common;
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

static inline struct timers *worker_timers(struct worker *worker) { return &worker->ticker.timers; }

#endif
