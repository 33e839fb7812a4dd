/* See redis_state.h. */
#include <stdatomic.h>

#include "bff/base/log.h"
#include "bff/base/text_builder.h"
#include "bff/store/redis_state.h"

/* The state is one word, so that exactly one thread sees each change. */
#define DOWN_ONE UINT64_C(1)        /* connections that are down: 31 bits */
#define UP_ONE (UINT64_C(1) << 32)  /* connections that are up: 31 bits */
#define IS_TOLD (UINT64_C(1) << 63) /* redis_down was logged, and redis_up was not */
#define COUNT_MASK UINT64_C(0x7fffffff)

struct redis_state {
    _Atomic uint64_t word;
    _Atomic int fault; /* enum redis_fault: the last one */
};

static const struct registry_kind states = {.bytes = sizeof(struct redis_state)};

/* The name has no password. A new password is no other server. */
struct redis_state *redis_state_hold(struct registry *registry,
                                     const struct redis_settings *settings)
{
    const struct redis_address *at =
        settings->sentinel_count > 0 ? &settings->sentinels[0] : &settings->address;
    struct text_builder name = {0};

    text_builder_add(&name, TEXT("redis "));
    text_builder_add(&name, text_of(settings->socket != NULL ? settings->socket : at->host));
    text_builder_add(&name, TEXT(" "));
    text_builder_size(&name, settings->socket != NULL ? 0 : at->port);
    text_builder_add(&name, TEXT(" "));
    text_builder_add(&name, settings->master);
    struct redis_state *state = registry_hold(registry, &states, text_builder_text(&name));
    text_builder_free(&name);
    return state;
}

static uint64_t weight(enum redis_state_mine mine)
{
    return mine == REDIS_STATE_UP ? UP_ONE : mine == REDIS_STATE_DOWN ? DOWN_ONE : 0;
}

/* While nothing is up or down, for example between two configurations, the last event holds. */
static uint64_t with_told(uint64_t word, uint64_t before)
{
    if ((word & COUNT_MASK) > 0)
        return word | IS_TOLD;
    return (word >> 32 & COUNT_MASK) > 0 ? word : word | (before & IS_TOLD);
}

/* Returns the word before. */
static uint64_t change(struct redis_state *state, enum redis_state_mine *mine,
                       enum redis_state_mine next, uint64_t *after)
{
    uint64_t before = atomic_load(&state->word);

    do
        *after = with_told((before & ~IS_TOLD) - weight(*mine) + weight(next), before);
    while (!atomic_compare_exchange_weak(&state->word, &before, *after));
    *mine = next;
    return before;
}

static bool has_begun(uint64_t before, uint64_t after)
{
    return (before & IS_TOLD) == 0 && (after & IS_TOLD) != 0;
}

static void log_up(void) { log_event("redis_up", NULL); }

void redis_state_up(struct redis_state *state, enum redis_state_mine *mine)
{
    uint64_t after, before = change(state, mine, REDIS_STATE_UP, &after);

    if (has_begun(after, before))
        log_up();
}

void redis_state_down(struct redis_state *state, enum redis_state_mine *mine,
                      enum redis_fault fault, const char *label)
{
    atomic_store(&state->fault, (int)fault);
    uint64_t after, before = change(state, mine, REDIS_STATE_DOWN, &after);

    if (has_begun(before, after))
        log_event("redis_down", (struct log_field[]){
                                    {"reason", .text = text_of(redis_fault_name(fault))},
                                    {"address", .text = text_of(label)},
                                    {0},
                                });
}

void redis_state_leave(struct redis_state *state, enum redis_state_mine *mine)
{
    uint64_t after, before = change(state, mine, REDIS_STATE_UNKNOWN, &after);

    if (has_begun(after, before))
        log_up();
}

struct redis_report redis_state_read(const struct redis_state *state)
{
    uint64_t word = atomic_load(&state->word);

    return (struct redis_report){
        .up = (unsigned)(word >> 32 & COUNT_MASK),
        .down = (unsigned)(word & COUNT_MASK),
        .fault = (enum redis_fault)atomic_load(&state->fault),
    };
}
