/*
 * A run is the fan-out of one request: it makes the calls of the plan, settles every part exactly
 * once, and calls its user's done when the answer can be made. It does not need a server, so flow
 * tests can run it with their own clock and their own fetches.
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
#include "bff/compose/choice.h"
#include "bff/compose/plan.h"
#include "bff/upstream/fetch.h"

#define RUN_BUCKETS 32 /* of the hash table of calls; a power of two */

struct cache_flights;
struct run;
struct run_call;
struct run_fault;
struct run_undo;

/* The input of a run. All of it must live as long as the run. */
struct run_request {
    const struct plan *plan;
    struct pool *pool;         /* the request's */
    struct upstream *upstream; /* the worker's */
    struct timers *timers;     /* the worker's */
    const struct text *params; /* decoded, in the order of plan->params */
    const struct text *query;  /* decoded, in the order of the rows of .query; absent texts: none */
    const struct choice *choice; /* what the client gets; NULL: everything */
    struct json input;           /* the body of the client's request; JSON_NONE: there is none */
    struct text headers;         /* header lines for every call: accept, request id */
    struct text traceparent;     /* of the request; absent: none */
    bool traces_parts; /* each part has a span of its own (traceparent_part), number 1 is the first
                        */
    int64_t until_ns;  /* a deadline that may be earlier than the budget; 0: none */
    /* Returns the request header ${name} (in lower case) of the client; an absent text when the
     * client did not send it. */
    struct text (*client_header)(void *cookie, const char *name);
    /* Returns the header lines by which ${service} learns who asks. NULL: there are none. */
    struct text (*caller_lines)(void *cookie, const struct bff_service *service);
    /* A text that distinguishes callers, for the key of the cache; absent: none. */
    struct text caller_key;
    /* Returns the key of the client's request for the balance of ${service}; an absent text when
     * there is none. NULL: no call has a key. */
    struct text (*balance_key)(void *cookie, const struct bff_service *service);
    void *cookie; /* for all functions here */
    /* Returns true when ${line}, a value of Set-Cookie, is about a cookie that services cannot set.
     * NULL: they can set all. */
    bool (*is_own_cookie)(void *cookie, struct text line);
    /* SHA256_BYTES, of which the Idempotency-Key of each call that changes data is made
     * (idempotency_key_for_part). NULL: calls have none, and are not sent again. */
    const unsigned char *change_hash;
    /* A run with the same hash has ended without an answer, or without knowing what it has changed.
     * So each change of this run may have been made already. */
    bool is_again;
    /* The changes are about to be taken back: calls ${go_on} with ${run}, at once or later.
     * ${may_undo} is false when that could not be noted: then nothing is taken back. NULL: nobody
     * needs to know. */
    void (*before_undo)(void *cookie, void (*go_on)(struct run *run, bool may_undo),
                        struct run *run);
    /* Returns true when the client may see the answer. ${owner} is the decoded text at
     * plan->owner_path; absent: there is none. Called at most once, with ${cookie}. NULL: every
     * client may see the answer. */
    bool (*may_see)(void *cookie, struct text owner);
    /* Parts have settled, and the run goes on. It is called with ${cookie}, never from inside of
     * run_start. It may cancel the run. NULL: only ${done} is called. */
    void (*told)(void *cookie);
    struct cache_flights *flights;  /* of the worker, for parts that are cached; NULL: no part is */
    const struct run_fault *faults; /* that the client asks for (run_fault.h); NULL: none */
    bool is_recorded;       /* the values of calls stay until run_calls_take takes them over */
    struct text request_id; /* for the log */
    size_t body_limit;      /* bytes of the body of one part; the default is 4 MiB */
    unsigned depth_limit;   /* of the JSON of one part; the default is 128 */
};

/* What a part has changed at its service. */
enum run_changed {
    RUN_UNCHANGED,
    RUN_CHANGED,
    RUN_CHANGE_UNKNOWN, /* the call was sent, and no answer has told the outcome */
};

/* The result of a part's call, or of the call of one item of a list part. */
struct run_item {
    enum reason reason;
    int status;             /* of the service's answer; 0: no answer came */
    unsigned retry_after_s; /* of its call (struct call) */
    bool is_settled;
    struct json value; /* when fulfilled; JSON_NONE when the service sent none */
    struct value
        *held; /* the memory of the value, with a reference until the pool is freed; or NULL */

    /* run.c's own */
    unsigned part; /* the place of its part */
    struct run_call
        *call; /* the call that it waits for or has waited for; NULL: no call was made */
    struct run_item *next; /* the next item that waits for the same call */
};

struct run_part {
    bool is_started;  /* its ask function was run, or its .when */
    bool is_left_out; /* .when returned false, or the client has not chosen it: no call was made,
                         and its value is the fallback */
    bool is_settled;
    enum reason
        reason; /* of the whole part; REASON_NONE for a list part whose items have all settled */
    int status;
    int64_t started_ns,
        settled_ns; /* times of clock_now_ns; settled_ns is also set when the part was cancelled */
    struct run_item *items; /* one item; in a list part one for each ask_get */
    size_t item_count;
    struct json value; /* for fields and later parts; set when the part is fulfilled and
                          plan_part.is_read */
    enum run_changed changed;
    struct {
        bool is_asked;      /* the change was to be taken back */
        enum reason reason; /* REASON_NONE: it was */
        int status;
    } undo;

    /* run.c's own */
    int64_t deadline_ns;
    const struct ask_call *asked; /* the call of each item, as its ask function described it */
    size_t next;                  /* the first item whose call has not been made */
    size_t unsettled;             /* items */
    size_t under_way;             /* calls that this part has made */
};

/* The call that changes data and whose outcome is not known. For run_change.c. */
struct run_change {
    struct run_call *call; /* NULL: there is none */
    unsigned sends;        /* of the call */
    int64_t at_ns;   /* when it is sent again, or its send ends; INT64_MAX: its part ends it */
    bool is_waiting; /* to be sent again */
    bool has_left;   /* a byte of an earlier send may have left */
    bool is_done;    /* an answer has begun with 2xx */
    int status;      /* of the last answer; 0: there was none */
};

struct run {
    const struct run_request *request;
    struct run_part *parts; /* plan->part_count of them */
    int failed;             /* the first required part that was rejected, or PLAN_NO_PART */
    bool is_partial;        /* a part or an item was rejected */
    bool is_forbidden;      /* may_see returned false: there is no answer */

    /* run.c's own */
    struct run_call *calls, **last_call;   /* in the order in which they were made */
    struct run_call *buckets[RUN_BUCKETS]; /* by the hash of their targets */
    struct run_call *spare;
    size_t spare_count;
    struct ask_room room;
    struct run_change change;
    struct run_undo *undo; /* under way; or NULL */
    size_t unsettled;      /* parts */
    size_t untold;         /* what unsettled was when the user was told */
    int64_t now_ns;        /* the time at which the current callback began */
    int64_t deadline_ns;
    struct timer timer;
    void (*done)(struct run *run, void *cookie);
    void *cookie;
    bool is_over;        /* done was called, or the run was cancelled */
    bool has_seen_owner; /* may_see was called, or need not be called */
};

/* Returns the plan of part ${part}. */
static inline const struct plan_part *run_plan_of(const struct run *run, size_t part)
{
    return &run->request->plan->parts[part];
}

/*
 * Starts the run. ${done} is called once, never from inside this function, as soon as one of these
 * is true:
 *
 *   every part has settled
 *   the budget is over
 *   a required part was rejected
 *   may_see returned false
 *
 * But a call that changes data and has been sent is not cancelled: ${done} waits until its outcome
 * is known or will not be known (run_change.h), and until the changes are taken back that must be
 * (run_undo.h). This may last longer than the budget.
 *
 * When ${done} is called, no call is under way any more. If there is a may_see, only the part with
 * the owner and the parts for which it waits start before may_see has returned true. Values are
 * valid until the pool is freed; this frees everything of the run.
 */
struct run *run_start(const struct run_request *request, void (*done)(struct run *, void *cookie),
                      void *cookie);

/* Cancels the calls that are under way; ${done} is not called. Idempotent. After ${done} it does
 * nothing. */
void run_cancel(struct run *run);

#endif
