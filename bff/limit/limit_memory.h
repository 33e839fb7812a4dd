/* Counts a request under a rule in memory: the algorithms on the states of limit_table.h. */
#ifndef BFF_LIMIT_LIMIT_MEMORY_H
#define BFF_LIMIT_LIMIT_MEMORY_H

#include "bff/limit/limit_state.h"
#include "bff/limit/limit_table.h"
#include "bff/limit/limit_verdict.h"

/* Returns the number of ${rule} for limit_memory_count. Rules have different numbers when their
 * names differ, or when they cannot use each other's states. */
uint64_t limit_memory_seed(const struct limit_rule *rule);

/* Counts ${hit} at ${now}. ${seed} is the number of its rule. */
void limit_memory_count(struct limit_table *table, uint64_t seed, const struct limit_hit *hit,
                        const struct limit_now *now, struct limit_verdict *out);

#endif
