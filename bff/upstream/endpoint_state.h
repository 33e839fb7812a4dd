/*
 * What the process knows about one address of a service. All workers share this state. It survives
 * a change of the configuration when the new configuration names the same address (registry.h).
 * Every member is an atomic number: readers see recent values, but two members may be from
 * different moments.
 *
 * An endpoint is well unless it is ejected (ejection.h) or its active health checks fail
 * (health.h). When the time of an ejection is over, one attempt is the endpoint's trial, and no
 * other attempt is made until the trial has ended.
 *
 * The member ${trial} says who may write the members of the ejection (all from ejected_until_ns to
 * since_ms):
 *
 *   ENDPOINT_NO_TRIAL         the worker that holds the lock service_state.is_ejecting
 *   ENDPOINT_TRIAL_DUE        nobody
 *   ENDPOINT_TRIAL_UNDER_WAY  the code that has claimed the trial
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
    ENDPOINT_TRIAL_DUE, /* the endpoint is ejected; when the time of the ejection is over, the next
                           attempt is the trial */
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

    atomic_uint ejections;    /* in a row; the time of the next ejection grows with it */
    atomic_uint reason;       /* enum reason of the failure that ejected it */
    atomic_int status;        /* of that failure, with REASON_STATUS */
    atomic_uint trial;        /* enum endpoint_trial */
    _Atomic int64_t since_ms; /* wall clock, of the last ejection or return; 0: neither happened */

    /* When the endpoint last returned, after an ejection or after it was down: a time of
     * clock_now_ns. 0: it has never returned. */
    _Atomic int64_t returned_ns;

    _Atomic uint64_t ejected; /* how often it was ejected, ever */
    atomic_uint connections;  /* that are open */

    atomic_bool is_down; /* its active health checks fail */

    /* The moving average of the time from the request to the first byte of the answer, and the time
     * of its last sample. 0: there is no sample. Read it by endpoint_state_average_ns. */
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

/* The same, but only when fewer than ${most} attempts are under way. Otherwise returns false. */
bool endpoint_state_begin_below(struct endpoint_state *state, unsigned most);

/* The attempt has ended. */
void endpoint_state_ended(struct endpoint_state *state, enum endpoint_outcome outcome);

/* True while the endpoint is ejected. ${now_ns} is the time of clock_now_ns. */
static inline bool endpoint_state_is_ejected(const struct endpoint_state *state, int64_t now_ns)
{
    return atomic_load_explicit(&state->ejected_until_ns, memory_order_relaxed) > now_ns;
}

/* True when the endpoint may get requests. When its trial is due, the caller must claim the trial
 * before it asks the endpoint. */
static inline bool endpoint_state_is_well(const struct endpoint_state *state, int64_t now_ns)
{
    return !atomic_load_explicit(&state->is_down, memory_order_relaxed) &&
           !endpoint_state_is_ejected(state, now_ns) &&
           atomic_load_explicit(&state->trial, memory_order_relaxed) != ENDPOINT_TRIAL_UNDER_WAY;
}

/* True from an ejection until the endpoint has returned: while it is ejected, and until the end of
 * its trial. */
static inline bool endpoint_state_is_out(const struct endpoint_state *state, int64_t now_ns)
{
    return atomic_load_explicit(&state->trial, memory_order_acquire) != ENDPOINT_NO_TRIAL ||
           endpoint_state_is_ejected(state, now_ns);
}

/* Takes the trial of an endpoint whose trial is due at ${now_ns}. Returns false when there is none,
 * or when another attempt has claimed it. After true, endpoint_state_eject, endpoint_state_return
 * or endpoint_state_put_back must be called once. */
bool endpoint_state_claim(struct endpoint_state *state, int64_t now_ns);

/* The same, but the endpoint may still be ejected. */
bool endpoint_state_claim_early(struct endpoint_state *state);

/* The trial that the caller has claimed has no result. It is due again. */
void endpoint_state_put_back(struct endpoint_state *state);

/* Why and for how long an endpoint is ejected. */
struct endpoint_ejection {
    enum reason reason;
    int status;         /* with REASON_STATUS; else 0 */
    unsigned ejections; /* in a row, this one included */
    int64_t until_ns;
};

/* Ejects the endpoint. The caller has the right to write the members of the ejection. */
void endpoint_state_eject(struct endpoint_state *state, const struct endpoint_ejection *ejection);

/* The endpoint returns at ${now_ns}. The caller has claimed the trial. */
void endpoint_state_return(struct endpoint_state *state, int64_t now_ns);

/* Records whether the active health checks fail. Only the thread that makes the checks calls
 * this. */
void endpoint_state_set_down(struct endpoint_state *state, bool is_down, int64_t now_ns);

/* A sample that comes so long after the last one has half of the weight in the new average. */
#define ENDPOINT_STATE_WEIGHT_MS 1000

/* The average is halved whenever so much time has passed without a sample. */
#define ENDPOINT_STATE_FADE_MS 10000

/* Adds ${took_ns}, the time from a request to the first byte of its answer, to the average. When
 * several workers do this at the same moment, a sample may be lost. */
void endpoint_state_sample(struct endpoint_state *state, int64_t took_ns, int64_t now_ns);

/* Returns the average; 0 when there is no sample. Without samples it is halved every
 * ENDPOINT_STATE_FADE_MS, so that an endpoint that was slow is tried again. */
int64_t endpoint_state_average_ns(const struct endpoint_state *state, int64_t now_ns);

#endif
