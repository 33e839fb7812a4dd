/*
 * Faults of a run that its client asks for. Only in mock mode (part_faults.h). A call with a fault
 * is not made, or is made later, and no other part shares it. The cache is not asked for it.
 *
 * A part that changes data has changed nothing when a fault says that there was no connection or no
 * whole request: timeout, connect, reset, breaker_open, limited, skipped, forbidden. A 4xx is a
 * refusal. With bad_json and too_large, the change was made. With bad_http, unknown and any other
 * status, nobody knows.
 */
#ifndef BFF_COMPOSE_RUN_FAULT_H
#define BFF_COMPOSE_RUN_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/compose/run.h"
#include "bff/upstream/fetch.h"

struct run_call;

#define RUN_FAULT_EACH (-1)  /* each call of the part */
#define RUN_FAULT_WHOLE (-2) /* the list part as a whole, before a call is made */

enum run_fault_kind {
    RUN_FAULT_DELAYED, /* the call is made after ${delay_ms} */
    RUN_FAULT_SETTLED, /* the call is settled with ${reason} and ${status} after ${delay_ms} */
    RUN_FAULT_HANGS,   /* the call is never settled */
};

struct run_fault {
    unsigned part; /* its place */
    int item;      /* the place of an item in a list part, or one of the above */
    enum run_fault_kind kind;
    enum reason reason;
    int status; /* 0: no answer came */
    uint32_t delay_ms;
    struct run_fault *next;
};

/* Returns the fault of the call of ${item}; NULL: it has none. */
const struct run_fault *run_fault_of(const struct run *run, const struct run_item *item);

/* Returns the fault of list part ${i} as a whole; NULL: it has none. */
const struct run_fault *run_fault_of_list(const struct run *run, size_t i);

/* Starts ${call}, which has a fault and is described. Returns true when it has ended: then ${done}
 * is not called. */
bool run_fault_start(struct run_call *call, fetch_done done);

/* The answer of ${call} is not needed any more. It may have no fault. */
void run_fault_stop(struct run_call *call);

#endif
