/* A usage plan as rules of the limiter: a token bucket for its rate, and a period of the calendar
 * for its quota. The first one that refuses a request ends the count, so a request that the rate
 * refuses does not count in the quota. */
#ifndef BFF_LIMIT_LIMIT_PLAN_H
#define BFF_LIMIT_LIMIT_PLAN_H

#include "bff/base/pool.h"
#include "bff/edge/api_keys_settings.h"
#include "bff/limit/limit_rule.h"

/* Returns the rule "plan:basic" for a plan that has a rate. It counts by the name of the API key.
 * Its texts are in ${pool}. */
struct limit_rule limit_plan_rate(const struct api_keys_plan *plan, struct pool *pool);

/* Does the same for the quota of a plan that has one: "plan:basic:quota". */
struct limit_rule limit_plan_quota(const struct api_keys_plan *plan, struct pool *pool);

#endif
