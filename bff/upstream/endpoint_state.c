/* See endpoint_state.h. */
#include <stdio.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/upstream/endpoint_state.h"

static const struct registry_kind states = {.bytes = sizeof(struct endpoint_state)};

struct endpoint_state *endpoint_state_hold(struct registry *registry, const char *service,
                                           const struct service_endpoint *at)
{
    char *name = service_endpoint_name(service, at);
    struct endpoint_state *state = registry_hold(registry, &states, text_of(name));
    memory_free(name);
    return state;
}

struct endpoint_state *endpoint_state_hold_address(struct registry *registry, const char *service,
                                                   const struct service_endpoint *at,
                                                   const char *address)
{
    char *of = service_endpoint_name(service, at);
    size_t size = strlen(of) + sizeof(" ") + strlen(address);
    char *name = memory_new(size);

    snprintf(name, size, "%s %s", of, address);
    struct endpoint_state *state = registry_hold(registry, &states, text_of(name));
    memory_free(name);
    memory_free(of);
    return state;
}

/* Writes the number of failures only when it changes. It is mostly 0 and stays 0; so workers do not
 * fight for its cache line. */
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

bool endpoint_state_claim(struct endpoint_state *state)
{
    unsigned due = ENDPOINT_TRIAL_DUE;

    return atomic_load_explicit(&state->trial, memory_order_relaxed) == due &&
           atomic_compare_exchange_strong_explicit(&state->trial, &due, ENDPOINT_TRIAL_UNDER_WAY,
                                                   memory_order_relaxed, memory_order_relaxed);
}
