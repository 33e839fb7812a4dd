/*
 * A bulkhead limits how many calls of a service are under way at the same time, in all workers
 * together. Calls over the limit wait in a queue, which is bounded in length and in time. The
 * counts are state of the process and survive a change of the configuration.
 *
 * A call that is under way has a slot. Retries and a hedge are made within the slot of their call.
 * A call may wait for another reason, too: when every endpoint of the service has as many attempts
 * under way as it may have (service_endpoint.max_in_flight). Then the call waits until an attempt
 * has ended.
 *
 * Order: each worker has a queue of its own, first in, first out. A slot that becomes free goes to
 * the worker whose first waiter has waited longest. A new call never overtakes waiting ones. No
 * function takes a lock or waits: the counts are one atomic word, the workers that have waiters are
 * the bits of a mask, and a worker wakes another one with a bell (bell.h). Only calls that wait
 * cost system calls.
 */
#ifndef BFF_UPSTREAM_BULKHEAD_H
#define BFF_UPSTREAM_BULKHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include <h2o/linklist.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"
#include "bff/loop/bell.h"
#include "bff/upstream/service.h"

/* Queues that may have waiters at the same time. A worker has one for each of its configurations
 * that has waiting calls of the service. */
#define BULKHEAD_QUEUES 512

struct bulkhead; /* what the workers share */
struct bulkhead_waiter;

/*
 * The callbacks of a waiter:
 *
 *   may_go  true when an endpoint can be asked now. It changes nothing
 *   go      the waiter has a slot, and has left the queue. Returns false when all endpoints are
 *           full now. Then the waiter has no slot and waits again, at the head of the queue
 */
struct bulkhead_user {
    bool (*may_go)(struct bulkhead_waiter *waiter);
    bool (*go)(struct bulkhead_waiter *waiter);
};

/* A call that waits. Embedded in its owner. */
struct bulkhead_waiter {
    h2o_linklist_t link;
    const struct bulkhead_user *user;
    int64_t since_ns;
};

/* The calls of one service and one configuration that wait in one worker. */
struct bulkhead_queue {
    struct bulkhead *shared;
    unsigned max_in_flight;  /* UINT_MAX: no limit */
    unsigned length;         /* calls that may wait, in all workers together */
    bool has_endpoint_limit; /* an endpoint has one, so an attempt that ends may make a place */
    struct bell *bell;       /* of the worker */
    struct bell_listener listener;
    h2o_linklist_t waiters;
    unsigned place; /* in the mask; only while there are waiters */
};

struct bulkhead_report {
    uint32_t in_flight, waiting; /* calls, in all workers */
};

/* Returns the bulkhead ${name}, "users". The caller drops the reference with registry_release. */
struct bulkhead *bulkhead_hold(struct registry *registry, struct text name);

/* Returns the counts. For tests and for metrics. */
struct bulkhead_report bulkhead_read(const struct bulkhead *bulkhead);

/* True when the calls of the service may have to wait: it has a limit, or an endpoint has one. */
bool bulkhead_is_needed(const struct service_settings *settings);

/* Makes the queue of ${settings} in the worker of ${bell}. ${shared} and ${bell} are borrowed. */
void bulkhead_queue_init(struct bulkhead_queue *queue, struct bulkhead *shared, struct bell *bell,
                         const struct service_settings *settings);

/* Takes a slot. Returns false when no slot is free, or when other calls wait for one. After true,
 * bulkhead_leave must be called once. */
bool bulkhead_enter(struct bulkhead_queue *queue);

/* Gives the slot back, and wakes the worker whose call has waited longest. */
void bulkhead_leave(struct bulkhead_queue *queue);

/*
 * ${waiter}, which has no slot, begins to wait at ${now_ns} of clock_now_ns. Its go may be called
 * from inside this function, because a slot may have become free. Returns false when the queue is
 * full, or when BULKHEAD_QUEUES queues have waiters: then the waiter does not wait.
 */
bool bulkhead_wait(struct bulkhead_queue *queue, struct bulkhead_waiter *waiter, int64_t now_ns);

/* ${waiter}, whose go has not been called, stops waiting. */
void bulkhead_stop_waiting(struct bulkhead_queue *queue, struct bulkhead_waiter *waiter);

/* An attempt of a call that goes on has ended: an endpoint may have a place for a waiter. */
void bulkhead_attempt_ended(struct bulkhead_queue *queue);

#endif
