/* The circuit breakers of routes and parts that have their own. Those of the services are held by
 * upstream.c. */
#ifndef BFF_APP_GENERATION_BREAKERS_H
#define BFF_APP_GENERATION_BREAKERS_H

#include "bff/app/generation.h"

/* Holds the breakers that the routes and the composites of ${generation} ask for, and tells the
 * routes and the parts. To be called once, by generation_prepare. */
void generation_breakers_hold(struct generation *generation);

#endif
