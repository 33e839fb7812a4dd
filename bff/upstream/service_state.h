/*
 * What the process knows about one service. All workers share this state, and it survives a change
 * of the configuration (registry.h). What is known about one endpoint is in endpoint_state.h.
 */
#ifndef BFF_UPSTREAM_SERVICE_STATE_H
#define BFF_UPSTREAM_SERVICE_STATE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/base/rolling.h"

/* The length of a bucket of the counts below. Their window is 10 s long. */
#define SERVICE_STATE_BUCKET_NS ((int64_t)1000 * 1000 * 1000)

struct service_state {
    alignas(64) _Atomic uint64_t turn;  /* of round robin */
    alignas(64) struct rolling retries; /* first: calls that began; second: retries */
    struct rolling hedges;              /* first: calls that may be hedged; second: hedges */
    atomic_flag is_ejecting;            /* a worker decides about an ejection */
};

/* How many retries or hedges a service may get in 10 s. The larger one of the two limits counts. */
struct service_state_budget {
    unsigned percent; /* of the calls that were counted by service_state_earn */
    unsigned reserve;
};

/* Returns the state of ${service}. The caller drops the reference with registry_release. */
struct service_state *service_state_hold(struct registry *registry, const char *service);

/* Counts a call that began in ${spent}: ${retries} or ${hedges} of a state. */
void service_state_earn(struct rolling *spent, int64_t now_ns);

/*
 * Takes one retry, or one hedge, from the budget. Returns false when there is none left. The
 * workers together never take more than the budget. When several workers ask for the last one at
 * the same moment, it may be that none of them gets it.
 */
bool service_state_spend(struct rolling *spent, const struct service_state_budget *budget,
                         int64_t now_ns);

#endif
