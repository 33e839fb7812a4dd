/* See plain_mirror.h. */
#include "bff/http/method.h"

#include "bff/proxy/plain_mirror.h"

static const struct registry_kind kind = {.bytes = sizeof(struct plain_mirror_state)};

struct plain_mirror_state *plain_mirror_hold(struct registry *registry, struct text name)
{
    return registry_hold(registry, &kind, name);
}

/* Spreads ${percent} copies evenly over 100 requests. */
static bool is_due(const struct plain_mirror *mirror)
{
    size_t turn = atomic_fetch_add_explicit(&mirror->state->asked, 1, memory_order_relaxed) % 100;

    return (turn + 1) * mirror->percent / 100 > turn * mirror->percent / 100;
}

/* Takes one of the places. No worker waits for another. */
static bool take(const struct plain_mirror *mirror)
{
    atomic_size_t *in_flight = &mirror->state->in_flight;

    if (atomic_fetch_add(in_flight, 1) < mirror->max)
        return true;
    atomic_fetch_sub(in_flight, 1);
    return false;
}

enum plain_mirror_turn plain_mirror_begin(const struct plain_mirror *mirror, struct text method,
                                          size_t body_bytes)
{
    if ((mirror->methods != NULL && !method_is_among(mirror->methods, method)) || !is_due(mirror))
        return PLAIN_MIRROR_NOT_DUE;
    if (body_bytes > PLAIN_MIRROR_BODY || !take(mirror)) {
        atomic_fetch_add_explicit(&mirror->state->dropped, 1, memory_order_relaxed);
        return PLAIN_MIRROR_DROP;
    }
    atomic_fetch_add_explicit(&mirror->state->sent, 1, memory_order_relaxed);
    return PLAIN_MIRROR_SEND;
}

void plain_mirror_end(struct plain_mirror_state *state) { atomic_fetch_sub(&state->in_flight, 1); }
