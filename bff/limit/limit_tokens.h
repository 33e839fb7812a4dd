/* A bucket of ${burst} tokens that is filled with ${rate}. A request takes a token, and is refused
 * when there is none. A refused request takes nothing. */
#ifndef BFF_LIMIT_LIMIT_TOKENS_H
#define BFF_LIMIT_LIMIT_TOKENS_H

#include "bff/limit/limit_state.h"
#include "bff/limit/limit_verdict.h"

/* Counts ${cost} requests at ${now}. Returns the next state, and writes the verdict to ${out}. */
uint64_t limit_tokens_count(const struct limit_rule *rule, uint64_t state,
                            const struct limit_now *now, uint32_t cost, struct limit_verdict *out);

/* Returns the nanoseconds in which one token comes. */
int64_t limit_tokens_time(const struct limit_rule *rule);

#endif
