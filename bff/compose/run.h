/*
 * One request's fan-out: asks what the plan says, settles every part exactly once, and tells when
 * the answer can be put together. It knows no server: a flow test drives it with a fake clock and
 * scripted fetches.
 */
#ifndef BFF_COMPOSE_RUN_H
#define BFF_COMPOSE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/loop/timer.h"
#include "bff/compose/ask.h"
#include "bff/compose/plan.h"
#include "bff/upstream/fetch.h"

#define RUN_BUCKETS 32 /* of the calls' hash table, a power of two */

/* What a run is given; all of it lives as long as the run. */
struct run_request {
    const struct plan *plan;
    struct pool *pool;         /* the request's */
    struct upstream *upstream; /* the worker's */
    struct timers *timers;     /* the worker's */
    const struct text *params; /* decoded, in the order of plan->params */
    struct text headers;       /* lines for every call: accept, request id */
    struct text traceparent;   /* of the request; absent: none */
    /* The client's own header ${name}, in lower case; absent text when it sent none. */
    struct text (*client_header)(void *cookie, const char *name);
    void *cookie;
    /* True when the answer may go to who asks, ${owner} being what plan->owner_path says, decoded
     * (absent: nothing there). NULL: it may go to anybody. Asked once, with ${cookie}. */
    bool (*may_see)(void *cookie, struct text owner);
    size_t body_limit;    /* bytes of one part's body; 4 MiB by default */
    unsigned depth_limit; /* of one part's JSON; 128 by default */
};

struct run_call;

/* How a call of a part, or of one item of a list part, ended. */
struct run_item {
    enum reason reason;
    int status; /* the service's; 0: none */
    bool is_settled;
    struct json value;  /* fulfilled: the value; JSON_NONE when the service sent none */
    struct value *held; /* what the value is read from, until the request's pool goes; or NULL */

    /* run.c's own */
    unsigned part;         /* its place */
    struct run_call *call; /* what it waits for or got its value from; NULL: none was made */
    struct run_item *next; /* that waits for the same call */
};

struct run_part {
    bool is_started; /* its ask function has run */
    bool is_settled;
    enum reason
        reason; /* of the part as a whole; a list part is fulfilled when its items settled */
    int status;
    int64_t started_ns, settled_ns; /* of the clock; settled_ns is set too when it was cancelled */
    struct run_item *items;         /* one, or one for each ask_get of a list part */
    size_t item_count;
    struct json value; /* fulfilled and plan_part.is_read: what fields and later parts read */

    /* run.c's own */
    int64_t deadline_ns;
    const struct ask_call *asked; /* for each item */
    size_t next;                  /* the item whose call is made next */
    size_t unsettled;             /* items */
    size_t under_way;             /* calls that it made */
};

struct run {
    const struct run_request *request;
    struct run_part *parts; /* plan->part_count of them */
    int failed;             /* the required part that was rejected first, or PLAN_NO_PART */
    bool is_partial;        /* some part or item was rejected */
    bool is_forbidden;      /* may_see has said no: there is no answer */

    /* run.c's own */
    struct run_call *calls, **last_call;   /* in the order made */
    struct run_call *buckets[RUN_BUCKETS]; /* by hash of what they ask */
    struct run_call *spare;
    size_t spare_count;
    struct ask_room room;
    size_t unsettled; /* parts */
    int64_t now_ns;   /* as read when the callback at hand began */
    int64_t deadline_ns;
    struct timer timer;
    void (*done)(struct run *run, void *cookie);
    void *cookie;
    bool is_over;        /* done was called, or it was cancelled */
    bool has_seen_owner; /* may_see was asked, or need not be */
};

/*
 * Starts the fan-out. ${done} is called once, never from here, when every part has settled, the
 * budget is over, a required part was rejected, or may_see has said no (until it has said yes
 * nothing is asked but the part where the owner stands); no call is under way then. Values stay
 * valid until the pool goes, which releases everything.
 */
struct run *run_start(const struct run_request *request, void (*done)(struct run *, void *cookie),
                      void *cookie);

/* Cancels what is under way; ${done} is not called. Idempotent, and nothing once ${done} was. */
void run_cancel(struct run *run);

#endif
