/*
 * So many requests in a minute, an hour, a day, a week and a month, as in Kong's plugin for rate
 * limits. The periods are those of the calendar (limit_period.h). Each period of a key has a state
 * of its own. Refused requests do not count.
 */
#ifndef BFF_LIMIT_LIMIT_CALENDAR_H
#define BFF_LIMIT_LIMIT_CALENDAR_H

#include "bff/limit/limit_state.h"
#include "bff/limit/limit_verdict.h"

/* Counts ${cost} requests in the period with the index ${period} (enum limit_period_kind) of
 * ${rule}, which has a limit. Returns the next state, and writes the verdict to ${out}. */
uint64_t limit_calendar_count(const struct limit_rule *rule, size_t period, uint64_t state,
                              const struct limit_now *now, uint32_t cost,
                              struct limit_verdict *out);

/* Returns the state of a key that has counted ${count} requests in the period of ${now}. */
uint64_t limit_calendar_state(size_t period, const struct limit_now *now, uint64_t count);

/* Takes ${cost} requests back, which were counted at ${now}. Returns the next state. */
uint64_t limit_calendar_take_back(size_t period, uint64_t state, const struct limit_now *now,
                                  uint32_t cost);

/* Returns the verdict that the headers show: the one that refuses, else the one with the fewest
 * remaining requests. */
const struct limit_verdict *limit_calendar_tighter(const struct limit_verdict *a,
                                                   const struct limit_verdict *b);

#endif
