/*
 * The state of a key under a rule: 63 bits, so that it is one word in memory. 0 is the state of a
 * key that has not been counted yet. Each algorithm has its own layout. Most have a time in
 * milliseconds, of which the low 36 bits are kept (2 years), and a count of at most 2^27 - 1.
 */
#ifndef BFF_LIMIT_LIMIT_STATE_H
#define BFF_LIMIT_LIMIT_STATE_H

#include <stdint.h>

#include "bff/base/clock.h"

/* The time of a decision, on both clocks: of clock_now_ns, and of clock_wall_ms. */
struct limit_now {
    int64_t ns;
    int64_t wall_ms;
};

#define LIMIT_STATE_COUNT_BITS 27
#define LIMIT_STATE_TIME_BITS 36
#define LIMIT_STATE_COUNT_MOST ((UINT64_C(1) << LIMIT_STATE_COUNT_BITS) - 1)
#define LIMIT_STATE_TIME_MOST ((UINT64_C(1) << LIMIT_STATE_TIME_BITS) - 1)

/* Returns a state of ${time} and ${count}, or of the largest count if ${count} is larger. */
static inline uint64_t limit_state_of(int64_t time, uint64_t count)
{
    if (count > LIMIT_STATE_COUNT_MOST)
        count = LIMIT_STATE_COUNT_MOST;
    return ((uint64_t)time & LIMIT_STATE_TIME_MOST) << LIMIT_STATE_COUNT_BITS | count;
}

static inline uint64_t limit_state_count(uint64_t state) { return state & LIMIT_STATE_COUNT_MOST; }

/* Returns ${now} minus the time of ${state}. It is negative when that time is later. */
static inline int64_t limit_state_since(uint64_t state, int64_t now)
{
    uint64_t past = (uint64_t)now - (state >> LIMIT_STATE_COUNT_BITS);

    return (int64_t)(past << (64 - LIMIT_STATE_TIME_BITS)) >> (64 - LIMIT_STATE_TIME_BITS);
}

#endif
