/* See key_source_state.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"

#include "bff/token/key_source_state.h"

#define FIRST_RETRY_NS CLOCK_S
#define DOUBLINGS_MAX 16

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static void begin(struct key_source_state *state, bool is_asked)
{
    state->is_under_way = true;
    state->was_asked = is_asked;
}

/* When the next one may be asked for: a minute after the oldest of the last asks. */
static int64_t next_ask_ns(const struct key_source_state *state)
{
    int64_t oldest_ns = state->asked_ns[state->asks % KEY_SOURCE_STATE_ASKS];

    return most(state->not_before_ns, oldest_ns == 0 ? 0 : oldest_ns + 60 * CLOCK_S);
}

enum key_source_chance key_source_state_ask(struct key_source_state *state, int64_t now_ns,
                                            int64_t *again_ns)
{
    if (state->is_under_way)
        return KEY_SOURCE_UNDER_WAY;
    *again_ns = next_ask_ns(state);
    if (now_ns < *again_ns)
        return state->has_keys && !state->is_failing ? KEY_SOURCE_NOT_NOW : KEY_SOURCE_DOWN;
    state->asked_ns[state->asks++ % KEY_SOURCE_STATE_ASKS] = now_ns;
    begin(state, true);
    return KEY_SOURCE_FETCH;
}

bool key_source_state_refresh(struct key_source_state *state, int64_t now_ns)
{
    if (state->is_under_way || now_ns < state->due_ns)
        return false;
    begin(state, false);
    return true;
}

void key_source_state_good(struct key_source_state *state, int64_t now_ns, bool is_new,
                           unsigned jitter)
{
    must(state->is_under_way && jitter < 100);
    bool is_fruitless = state->was_asked && !is_new;

    state->is_under_way = false;
    state->has_keys = true;
    state->is_failing = false;
    state->failures = 0;
    state->fetched_ns = now_ns;
    state->due_ns = now_ns + state->refresh_ns - state->refresh_ns / 1000 * jitter;
    state->not_before_ns = is_fruitless ? now_ns + state->min_interval_ns : 0;
}

bool key_source_state_bad(struct key_source_state *state, int64_t now_ns)
{
    must(state->is_under_way);
    unsigned doublings = state->failures < DOUBLINGS_MAX ? state->failures : DOUBLINGS_MAX;
    int64_t again_ns = now_ns + least(FIRST_RETRY_NS << doublings, state->min_interval_ns);
    bool is_first = !state->is_failing;

    state->is_under_way = false;
    state->is_failing = true;
    state->failures++;
    state->due_ns = state->not_before_ns = again_ns;
    return is_first;
}

void key_source_state_give_up(struct key_source_state *state) { state->is_under_way = false; }

static int64_t expires_ns(const struct key_source_state *state)
{
    return state->fetched_ns + state->stale_ns;
}

bool key_source_state_expire(struct key_source_state *state, int64_t now_ns)
{
    if (!state->has_keys || !state->is_failing || now_ns < expires_ns(state))
        return false;
    state->has_keys = false;
    return true;
}

int64_t key_source_state_next_ns(const struct key_source_state *state)
{
    if (state->is_under_way)
        return INT64_MAX;
    if (state->has_keys && state->is_failing)
        return least(state->due_ns, expires_ns(state));
    return state->due_ns;
}
