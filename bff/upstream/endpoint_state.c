/* See endpoint_state.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/upstream/endpoint_state.h"

static const struct registry_kind states = {.bytes = sizeof(struct endpoint_state)};

struct endpoint_state *endpoint_state_hold_address(struct registry *registry, const char *service,
                                                   const struct service_endpoint *at,
                                                   const char *address)
{
    char *name = service_address_name(service, at, address);
    struct endpoint_state *state = registry_hold(registry, &states, text_of(name));
    memory_free(name);
    return state;
}

struct endpoint_state *endpoint_state_hold(struct registry *registry, const char *service,
                                           const struct service_endpoint *at)
{
    return endpoint_state_hold_address(registry, service, at, NULL);
}

bool endpoint_state_begin_below(struct endpoint_state *state, unsigned most)
{
    unsigned now = atomic_load_explicit(&state->in_flight, memory_order_relaxed);

    while (now < most)
        if (atomic_compare_exchange_weak_explicit(&state->in_flight, &now, now + 1,
                                                  memory_order_relaxed, memory_order_relaxed))
            return true;
    return false;
}

/* Writes the number of failures only when it changes. It is mostly 0 and stays 0. So the workers do
 * not have to write its cache line. */
void endpoint_state_ended(struct endpoint_state *state, enum endpoint_outcome outcome)
{
    unsigned before = atomic_fetch_sub_explicit(&state->in_flight, 1, memory_order_relaxed);

    must(before > 0);
    if (outcome == ENDPOINT_FAILED)
        atomic_fetch_add_explicit(&state->failures, 1, memory_order_relaxed);
    else if (outcome == ENDPOINT_WORKED &&
             atomic_load_explicit(&state->failures, memory_order_relaxed) != 0)
        atomic_store_explicit(&state->failures, 0, memory_order_relaxed);
}

/* Ejections. Each change ends with a release of ${trial}, and each claim begins with an acquire. So
 * the code that has claimed the trial sees everything that was written before. */

static bool swap_trial(struct endpoint_state *state, unsigned from, unsigned to)
{
    return atomic_compare_exchange_strong_explicit(&state->trial, &from, to, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

static bool is_due(const struct endpoint_state *state)
{
    return atomic_load_explicit(&state->trial, memory_order_acquire) == ENDPOINT_TRIAL_DUE;
}

/* The endpoint may have been ejected again between the first look and the swap. The second look
 * finds that. */
bool endpoint_state_claim(struct endpoint_state *state, int64_t now_ns)
{
    if (!is_due(state) || endpoint_state_is_ejected(state, now_ns) ||
        !endpoint_state_claim_early(state))
        return false;
    if (!endpoint_state_is_ejected(state, now_ns))
        return true;
    endpoint_state_put_back(state);
    return false;
}

bool endpoint_state_claim_early(struct endpoint_state *state)
{
    return is_due(state) && swap_trial(state, ENDPOINT_TRIAL_DUE, ENDPOINT_TRIAL_UNDER_WAY);
}

void endpoint_state_put_back(struct endpoint_state *state)
{
    must(swap_trial(state, ENDPOINT_TRIAL_UNDER_WAY, ENDPOINT_TRIAL_DUE));
}

/* The time is written before the trial: no thread may see the new trial with an old time. */
void endpoint_state_eject(struct endpoint_state *state, const struct endpoint_ejection *ejection)
{
    atomic_store_explicit(&state->reason, ejection->reason, memory_order_relaxed);
    atomic_store_explicit(&state->status, ejection->status, memory_order_relaxed);
    atomic_store_explicit(&state->ejections, ejection->ejections, memory_order_relaxed);
    atomic_store_explicit(&state->since_ms, clock_wall_ms(), memory_order_relaxed);
    atomic_fetch_add_explicit(&state->ejected, 1, memory_order_relaxed);
    atomic_store_explicit(&state->ejected_until_ns, ejection->until_ns, memory_order_relaxed);
    atomic_store_explicit(&state->trial, ENDPOINT_TRIAL_DUE, memory_order_release);
}

void endpoint_state_return(struct endpoint_state *state, int64_t now_ns)
{
    must(atomic_load_explicit(&state->trial, memory_order_relaxed) == ENDPOINT_TRIAL_UNDER_WAY);
    atomic_store_explicit(&state->failures, 0, memory_order_relaxed);
    atomic_store_explicit(&state->since_ms, clock_wall_ms(), memory_order_relaxed);
    atomic_store_explicit(&state->returned_ns, now_ns, memory_order_relaxed);
    atomic_store_explicit(&state->ejected_until_ns, 0, memory_order_relaxed);
    atomic_store_explicit(&state->trial, ENDPOINT_NO_TRIAL, memory_order_release);
}

void endpoint_state_set_down(struct endpoint_state *state, bool is_down, int64_t now_ns)
{
    if (atomic_load_explicit(&state->is_down, memory_order_relaxed) == is_down)
        return;
    if (!is_down)
        atomic_store_explicit(&state->returned_ns, now_ns, memory_order_relaxed);
    atomic_store_explicit(&state->is_down, is_down, memory_order_relaxed);
}

/* The average of the time to the first byte. */

#define WEIGHT_NS (ENDPOINT_STATE_WEIGHT_MS * CLOCK_MS)
#define FADE_NS (ENDPOINT_STATE_FADE_MS * CLOCK_MS)

/* Between two halvings the average falls in a straight line. */
static int64_t fade(int64_t average_ns, int64_t age_ns)
{
    if (age_ns <= 0)
        return average_ns;
    if (age_ns >= 32 * FADE_NS)
        return 1;
    int64_t halved = average_ns >> age_ns / FADE_NS;
    return halved - halved / 2 * (age_ns % FADE_NS / CLOCK_MS) / ENDPOINT_STATE_FADE_MS;
}

int64_t endpoint_state_average_ns(const struct endpoint_state *state, int64_t now_ns)
{
    int64_t average_ns = atomic_load_explicit(&state->first_byte_ns, memory_order_relaxed);
    int64_t sampled_ns = atomic_load_explicit(&state->sampled_ns, memory_order_relaxed);

    if (average_ns == 0)
        return 0;
    int64_t faded_ns = fade(average_ns, now_ns - sampled_ns);
    return faded_ns > 0 ? faded_ns : 1;
}

/* The weight of a sample grows with the time since the last one. So a moment in which many answers
 * are late at once, because this machine was busy, says no more than one late answer. */
void endpoint_state_sample(struct endpoint_state *state, int64_t took_ns, int64_t now_ns)
{
    int64_t average_ns = atomic_load_explicit(&state->first_byte_ns, memory_order_relaxed);
    int64_t sampled_ns = atomic_load_explicit(&state->sampled_ns, memory_order_relaxed);
    double age_ns = (double)(now_ns - sampled_ns), next_ns = (double)took_ns;

    if (age_ns < 0)
        return;
    if (average_ns > 0)
        next_ns = (double)average_ns +
                  (double)(took_ns - average_ns) * age_ns / (age_ns + (double)WEIGHT_NS);
    atomic_store_explicit(&state->first_byte_ns, next_ns < 1 ? 1 : (int64_t)next_ns,
                          memory_order_relaxed);
    atomic_store_explicit(&state->sampled_ns, now_ns, memory_order_relaxed);
}
