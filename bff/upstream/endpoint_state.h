/*
 * What the process knows about one address of a service. All workers share this state. It survives
 * a change of the configuration when the new configuration names the same address (registry.h).
 * Every member is an atomic number: readers see recent values, but two members may be from
 * different moments.
 *
 * An endpoint is well unless it is ejected (ejection.h) or its active health checks fail
 * (health.h). When an ejection by failed calls has ended, one attempt is the endpoint's trial, and
 * no other attempt is made until the trial has ended.
 */
#ifndef BFF_UPSTREAM_ENDPOINT_STATE_H
#define BFF_UPSTREAM_ENDPOINT_STATE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/base/registry.h"
#include "bff/upstream/service.h"

enum endpoint_trial {
    ENDPOINT_NO_TRIAL,
    ENDPOINT_TRIAL_DUE,       /* the next attempt is the trial */
    ENDPOINT_TRIAL_UNDER_WAY, /* an attempt has claimed it */
};

struct endpoint_state {
    /* Attempts under way. An attempt counts from the moment when it takes or dials a connection
     * until its end. */
    alignas(64) atomic_uint in_flight;

    /* Attempts in a row that failed (see endpoint_state_ended). */
    atomic_uint failures;

    /* A time of clock_now_ns: the endpoint is ejected until then. 0: it is not ejected. */
    _Atomic int64_t ejected_until_ns;

    atomic_uint ejections; /* in a row; the time of the next ejection grows with it */
    atomic_uint reason;    /* enum reason of the failure that ejected it */
    atomic_int status;     /* of that failure, with REASON_STATUS */
    atomic_uint trial; /* enum endpoint_trial; meaningful when the time of the ejection is over */
    _Atomic int64_t since_ms; /* wall clock, of the last ejection or return; 0: neither happened */

    /* A time of clock_now_ns: the endpoint came back then, after an ejection or after it was down.
     * 0: it was always well. */
    _Atomic int64_t returned_ns;

    atomic_bool is_down; /* its active health checks fail */

    /* The moving average of the time from the request to the first byte of the answer, and the time
     * of its last sample. 0: there is no sample. */
    _Atomic int64_t first_byte_ns;
    _Atomic int64_t sampled_ns;
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

/* The same for ${address}, one address of the host name of ${at}, "10.0.0.7:3000". */
struct endpoint_state *endpoint_state_hold_address(struct registry *registry, const char *service,
                                                   const struct service_endpoint *at,
                                                   const char *address);

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

/* True when the endpoint may get requests. It may have a trial that is due: then the caller must
 * claim it before it asks the endpoint. */
static inline bool endpoint_state_is_well(const struct endpoint_state *state, int64_t now_ns)
{
    return !atomic_load_explicit(&state->is_down, memory_order_relaxed) &&
           !endpoint_state_is_ejected(state, now_ns) &&
           atomic_load_explicit(&state->trial, memory_order_relaxed) != ENDPOINT_TRIAL_UNDER_WAY;
}

/* Takes the trial of an endpoint whose trial is due. Returns false when there is no trial, or when
 * another attempt has claimed it. */
bool endpoint_state_claim(struct endpoint_state *state);

#endif
