/* The circuit breakers of routes and parts that have a breaker of their own. upstream.c holds the
 * breakers of the services. */
#ifndef BFF_APP_GENERATION_BREAKERS_H
#define BFF_APP_GENERATION_BREAKERS_H

#include "bff/app/generation.h"

/* Holds the breakers that the routes and the parts of ${generation} ask for, and stores them in
 * plain_route.breaker and plan_part.breaker. To be called once, by generation_prepare. */
void generation_breakers_hold(struct generation *generation);

#endif
