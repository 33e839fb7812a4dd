/*
 * What the process knows about one address of a service. All workers share it. It lives on when the
 * configuration changes, as long as a configuration names the address (registry.h). Every member is
 * an atomic number: readers see recent values, but two members may be from different moments.
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
    /* Attempts under way, from taking or dialling a connection to their end. */
    alignas(64) atomic_uint in_flight;

    /* Attempts in a row that failed (see endpoint_state_ended). */
    atomic_uint failures;

    /* Of clock_now_ns: a policy may refuse to ask the endpoint until then. 0: it is not ejected.
     * Only policies write it; the default one does not. */
    _Atomic int64_t ejected_until_ns;

    /* The moving average of the time from the request to the first byte of the answer. Nobody
     * writes it yet: it stays 0 until a balance reads it. */
    _Atomic int64_t first_byte_ns;
};

/* How an attempt ended, as far as it says something about the endpoint. */
enum endpoint_outcome {
    ENDPOINT_WORKED,
    ENDPOINT_FAILED,
    ENDPOINT_UNKNOWN, /* the attempt was cancelled */
};

/*
 * The state of ${service}'s address ${at} (scheme, host and port), with one more reference, which
 * registry_release drops.
 */
struct endpoint_state *endpoint_state_hold(struct registry *registry, const char *service,
                                           const struct service_endpoint *at);

/* An attempt begins. Each begin is followed by exactly one ended. */
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
