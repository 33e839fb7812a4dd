/* A window that begins with the first request of a key, as in express-rate-limit. Refused requests
 * count, too. */
#ifndef BFF_LIMIT_LIMIT_FIXED_H
#define BFF_LIMIT_LIMIT_FIXED_H

#include "bff/limit/limit_state.h"
#include "bff/limit/limit_verdict.h"

/* Counts ${cost} requests at ${now}. Returns the next state, and writes the verdict to ${out}. */
uint64_t limit_fixed_count(const struct limit_rule *rule, uint64_t state,
                           const struct limit_now *now, uint32_t cost, struct limit_verdict *out);

/* The verdict when ${count} requests, the new ones included, have come in a window that ends in
 * ${left_ms}. */
struct limit_verdict limit_fixed_verdict(const struct limit_rule *rule, uint64_t count,
                                         uint32_t left_ms);

#endif
