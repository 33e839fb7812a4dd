/* See admin_failures.h. A place is one number: the minute, and in its last bits the count. */
#include <stdatomic.h>

#include "bff/base/clock.h"
#include "bff/base/hash.h"
#include "bff/edge/admin_failures.h"

#define PLACES 256
#define COUNT_BITS 16
#define COUNT_MASK ((UINT64_C(1) << COUNT_BITS) - 1)

struct admin_failures {
    _Atomic uint64_t places[PLACES];
};

static const struct registry_kind kind = {.bytes = sizeof(struct admin_failures)};

struct admin_failures *admin_failures_hold(struct registry *registry)
{
    return registry_hold(registry, &kind, TEXT(""));
}

static _Atomic uint64_t *place_of(struct admin_failures *failures, struct text address)
{
    return &failures->places[hash_mix(hash_text(address)) % PLACES];
}

static uint64_t minute_of(int64_t now_ns)
{
    return (uint64_t)(now_ns / (ADMIN_FAILURES_S * CLOCK_S)) << COUNT_BITS;
}

/* Returns the state of a place in ${minute}. */
static uint64_t in_minute(uint64_t state, uint64_t minute)
{
    return (state & ~COUNT_MASK) == minute ? state : minute;
}

bool admin_failures_are_many(struct admin_failures *failures, struct text address, int64_t now_ns)
{
    uint64_t state = in_minute(atomic_load(place_of(failures, address)), minute_of(now_ns));

    return (state & COUNT_MASK) >= ADMIN_FAILURES_MOST;
}

void admin_failures_add(struct admin_failures *failures, struct text address, int64_t now_ns)
{
    _Atomic uint64_t *place = place_of(failures, address);
    uint64_t old = atomic_load(place), minute = minute_of(now_ns), next;

    do {
        next = in_minute(old, minute);
        next += (next & COUNT_MASK) < COUNT_MASK;
    } while (!atomic_compare_exchange_weak(place, &old, next));
}
