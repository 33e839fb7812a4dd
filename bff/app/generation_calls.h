/* What the calls of routes and parts need beside the settings of their service: a hedge plan
 * (bff/upstream/call_hedge.h) and a circuit breaker of their own. upstream.c holds the breakers of
 * the services. */
#ifndef BFF_APP_GENERATION_CALLS_H
#define BFF_APP_GENERATION_CALLS_H

#include "bff/app/generation.h"

/* Makes the hedge plans and holds the breakers that the routes and the parts of ${generation} ask
 * for, and stores them in their members hedge and breaker. A plan with p95 gets the times of
 * earlier calls from the registry. To be called once, by generation_prepare. */
void generation_calls_prepare(struct generation *generation);

#endif
