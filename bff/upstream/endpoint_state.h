/*
 * What the process knows about one address of a service. All workers share this state. It survives
 * a change of the configuration when the new configuration names the same address (registry.h).
 * Every member is an atomic number: readers see recent values, but two members may be from
 * different moments.
 */
#ifndef BFF_UPSTREAM_ENDPOINT_STATE_H
#define BFF_UPSTREAM_ENDPOINT_STATE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/upstream/service.h"

struct endpoint_state {
    /* Attempts under way. An attempt counts from the moment when it takes or dials a connection
     * until its end. */
    alignas(64) atomic_uint in_flight;

    /* Attempts in a row that failed (see endpoint_state_ended). */
    atomic_uint failures;

    /* A time of clock_now_ns: the endpoint is ejected until then, and a policy may refuse to ask
     * it. 0: it is not ejected. Only policies write this member; the default policy does not. */
    _Atomic int64_t ejected_until_ns;

    /* The moving average of the time from the request to the first byte of the answer. No code
     * writes or reads it yet, so it is 0. It is for a balance that prefers fast endpoints. */
    _Atomic int64_t first_byte_ns;
};

/* What the end of an attempt says about the endpoint. */
enum endpoint_outcome {
    ENDPOINT_WORKED,
    ENDPOINT_FAILED,
    ENDPOINT_UNKNOWN, /* the attempt was cancelled */
};

/*
 * Returns the state of the address ${at} (scheme, host and port) of ${service}. The caller gets a
 * reference and drops it with registry_release.
 */
struct endpoint_state *endpoint_state_hold(struct registry *registry, const char *service,
                                           const struct service_endpoint *at);

/* An attempt begins. For each call of this function, endpoint_state_ended must be called once. */
static inline void endpoint_state_begin(struct endpoint_state *state)
{
    atomic_fetch_add_explicit(&state->in_flight, 1, memory_order_relaxed);
}

/* The attempt has ended. */
void endpoint_state_ended(struct endpoint_state *state, enum endpoint_outcome outcome);

/* True while the endpoint is ejected, ${now_ns} being the time of clock_now_ns. */
static inline bool endpoint_state_is_ejected(const struct endpoint_state *state, int64_t now_ns)
{
    return atomic_load_explicit(&state->ejected_until_ns, memory_order_relaxed) > now_ns;
}

#endif
