/* The routes and parts that are hedged (bff/upstream/call_hedge.h). */
#ifndef BFF_APP_GENERATION_HEDGES_H
#define BFF_APP_GENERATION_HEDGES_H

#include "bff/app/generation.h"

/* Makes the hedge plans of the routes and parts of ${generation} that are hedged, and stores them
 * in plain_route.hedge and plan_part.hedge. A plan with p95 gets the times of earlier calls from
 * the registry. To be called once, by generation_prepare. */
void generation_hedges_hold(struct generation *generation);

#endif
