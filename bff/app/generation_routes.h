/* What plain routes need beside their settings: a copy of the route for each service of a split and
 * for the mirror, and what is changed in the addresses that services send. */
#ifndef BFF_APP_GENERATION_ROUTES_H
#define BFF_APP_GENERATION_ROUTES_H

#include "bff/app/generation.h"

/* Makes all that. To be called by generation_prepare, before generation_calls_prepare and
 * generation_cache_prepare. */
void generation_routes_prepare(struct generation *generation);

/* Calls ${use} for every route that asks a service. Of a route with a split, these are the copies
 * for its services. */
void generation_routes_each(struct generation *generation,
                            void (*use)(struct generation *generation, struct plain_route *route));

#endif
