/* The calls of a run. Items with the same request share one call. For run.c. */
#ifndef BFF_COMPOSE_RUN_CALLS_H
#define BFF_COMPOSE_RUN_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/cache/cache_fetch.h"
#include "bff/compose/ask.h"
#include "bff/compose/run.h"
#include "bff/upstream/fetch.h"

enum run_call_state {
    RUN_CALL_UNDER_WAY,
    RUN_CALL_ENDED,
    RUN_CALL_CANCELLED, /* it has no outcome, because no item waited for it any more */
};

struct run_batch;
struct run_fault;
struct run_late;

struct run_call {
    struct run *run;
    struct run_call *next;      /* in the order in which they were made */
    struct run_call *in_bucket; /* the next call in the same bucket */
    enum run_call_state state;
    unsigned maker;           /* the part that made it */
    struct run_item *waiting; /* the items that wait for it, and those that have stopped waiting */
    struct run_item **last;   /* where the next item is linked */
    size_t waiting_count;     /* number of the items that still wait */
    struct text change_key;   /* its Idempotency-Key; absent: none */
    struct fetch_ask ask;
    struct fetch fetch;
    struct part_headers_kept *kept; /* fields of its answer; NULL: the page passes none */
    struct run_batch *batch; /* the items in its answer (run_settle_batch.c); NULL: not read yet */
    struct value *taken; /* held for run_calls_take, when the run is released before; else NULL */
    unsigned place;      /* for part_reports_calls.c */
    size_t teller;       /* the same */
    struct cache_fetch *cached; /* looks for the answer of ${fetch} in the cache; NULL: ${fetch} is
                                   an ordinary call */
    const struct run_fault *fault; /* NULL: it has none */
    struct run_late *late;         /* run_fault.c's own */
};

/* Returns the place of a call like ${asked} in the hash table of calls. */
size_t run_calls_bucket(const struct ask_call *asked);

/* Returns a call of ${bucket} that was not cancelled and has the same request as ${asked}, which
 * ${item} needs, the same circuit breaker, and the same fault. NULL when there is none. */
struct run_call *run_calls_find(const struct run *run, const struct run_item *item,
                                const struct ask_call *asked, size_t bucket);

/* Makes a call for ${item}, which ${bucket} has then. ${done} gets the struct run_call as its
 * cookie. Returns true when the cache has the answer, or a fault ends the call at once: then the
 * call has ended, and ${done} is not called. */
bool run_calls_make(struct run *run, struct run_item *item, const struct ask_call *asked,
                    size_t bucket, fetch_done done);

/* Describes the request of ${asked} for part ${part}. */
void run_calls_describe(struct run *run, unsigned part, const struct ask_call *asked,
                        struct fetch_ask *out);

/* ${call} has ended, with ${state}. */
void run_calls_end(struct run_call *call, enum run_call_state state);

/* Adds ${item} to the items that wait for ${call}. */
void run_calls_join(struct run_call *call, struct run_item *item);

/*
 * To be called when the time of an item that waits for ${call} is over. When no item is left, the
 * call is cancelled, and its service was too slow. But when the cache has an old answer that may be
 * used then, the call ends with that.
 */
void run_calls_leave(struct run_call *call);

/* Cancels all calls that are under way. */
void run_calls_cancel(struct run *run);

/* Releases the values of all calls and items. With is_recorded, run_calls_take must follow for each
 * call. */
void run_calls_release(struct run *run);

/* Returns the answer of ${call}, with a reference for the caller; NULL: there is none. To be called
 * once for each call of a run with is_recorded, before or after run_calls_release. */
struct value *run_calls_take(struct run_call *call);

/* True when a byte of a call that changes data may have left, so that a service may have acted on
 * it. */
bool run_calls_have_changed(const struct run *run);

#endif
