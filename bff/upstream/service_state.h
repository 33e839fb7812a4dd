/*
 * What the process knows about one service. All workers share this state, and it survives a change
 * of the configuration (registry.h). What is known about one endpoint is in endpoint_state.h.
 */
#ifndef BFF_UPSTREAM_SERVICE_STATE_H
#define BFF_UPSTREAM_SERVICE_STATE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/base/rolling.h"

#define SERVICE_STATE_BUCKET_NS                                                                    \
    ((int64_t)1000 * 1000 * 1000) /* of the counts below: 10 s in all                              \
                                   */

struct service_state {
    alignas(64) _Atomic uint64_t turn;  /* of round robin */
    alignas(64) struct rolling retries; /* first: calls that began; second: retries */
    struct rolling hedges;              /* first: calls that may be hedged; second: hedges */
    atomic_flag is_ejecting;            /* a worker decides about an ejection */
};

/* Returns the state of ${service}. The caller drops the reference with registry_release. */
struct service_state *service_state_hold(struct registry *registry, const char *service);

#endif
