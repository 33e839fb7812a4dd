/*
 * The part of a call that deals with the bulkhead of its service (bulkhead.h). Health checks pass
 * without it. A call has its slot until it ends: also while its answer is streamed, while its
 * tunnel is open, and between its attempts. This header is for the files of call only.
 */
#ifndef BFF_UPSTREAM_CALL_QUEUE_H
#define BFF_UPSTREAM_CALL_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/upstream/bulkhead.h"

struct call;

struct call_queue {
    bool has_slot;
    bool is_waiting;
    int64_t until_ns; /* the end of the waiting */
    struct bulkhead_waiter waiter;
};

/* Lets the call go now (call_go), or makes it wait, and returns REASON_NONE. Returns
 * REASON_BREAKER_OPEN when the call would have to wait for a slot while its breaker is open.
 * Returns REASON_LIMITED when no more calls may wait. */
enum reason call_queue_enter(struct call *call);

/* The call ends: ends its waiting, or gives its slot back. The end of a health check makes a place
 * at its endpoint for a waiting call. */
void call_queue_leave(struct call *call);

/* An attempt of the call has ended, and the call goes on. The attempt's endpoint has a place for a
 * waiting call. */
void call_queue_attempt_ended(struct call *call);

#endif
