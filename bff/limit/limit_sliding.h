/*
 * At most ${max} requests in any window, by two counts: of the current window and of the one before
 * it. The windows begin at multiples of their length. The requests of the window before are counted
 * in proportion to the part of it that is less than one window ago. Refused requests do not count.
 */
#ifndef BFF_LIMIT_LIMIT_SLIDING_H
#define BFF_LIMIT_LIMIT_SLIDING_H

#include "bff/limit/limit_state.h"
#include "bff/limit/limit_verdict.h"

/* Counts ${cost} requests at ${now}. Returns the next state, and writes the verdict to ${out}. */
uint64_t limit_sliding_count(const struct limit_rule *rule, uint64_t state,
                             const struct limit_now *now, uint32_t cost, struct limit_verdict *out);

/* Returns the state of a key that has ${before} requests in the window before that of ${now}, and
 * ${current} in that of ${now}. */
uint64_t limit_sliding_state(const struct limit_rule *rule, const struct limit_now *now,
                             uint64_t before, uint64_t current);

#endif
