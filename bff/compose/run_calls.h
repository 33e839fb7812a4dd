/* The calls of a run: each made once, however many items ask the same. For run.c. */
#ifndef BFF_COMPOSE_RUN_CALLS_H
#define BFF_COMPOSE_RUN_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/compose/ask.h"
#include "bff/compose/run.h"
#include "bff/upstream/fetch.h"

enum run_call_state {
    RUN_CALL_UNDER_WAY,
    RUN_CALL_ENDED,
    RUN_CALL_CANCELLED, /* nobody waited any longer; its outcome is not known */
};

struct run_call {
    struct run *run;
    struct run_call *next;      /* in the order made */
    struct run_call *in_bucket; /* the next one in its bucket */
    enum run_call_state state;
    unsigned maker;           /* the part on whose account it was made */
    struct run_item *waiting; /* items, those that have left included */
    struct run_item **last;   /* where the next one is hung */
    size_t waiting_count;     /* without those that have left */
    struct fetch_ask ask;
    struct fetch fetch;
};

/* The call that asks what ${asked} says, unless it was cancelled; NULL when there is none. */
struct run_call *run_calls_find(const struct run *run, const struct ask_call *asked);

/* Makes a call for ${item}; ${done} gets the struct run_call as its cookie. */
void run_calls_make(struct run *run, struct run_item *item, const struct ask_call *asked,
                    fetch_done done);

/* ${item} waits for ${call} too. And: it does so no more; a call that nobody waits for ends. */
void run_calls_join(struct run_call *call, struct run_item *item);
void run_calls_leave(struct run_call *call);

/* Ends all that are under way, silently. And: releases the values of all calls and items. */
void run_calls_cancel(struct run *run);
void run_calls_release(struct run *run);

#endif
