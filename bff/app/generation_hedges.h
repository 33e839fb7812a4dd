/* The routes and parts that are hedged (bff/upstream/call_hedge.h). */
#ifndef BFF_APP_GENERATION_HEDGES_H
#define BFF_APP_GENERATION_HEDGES_H

#include "bff/app/generation.h"

/* Makes the hedge plans of the routes and parts of ${generation} that ask for them, holds the times
 * from which they learn, and tells the routes and the parts. To be called once, by
 * generation_prepare. */
void generation_hedges_hold(struct generation *generation);

#endif
