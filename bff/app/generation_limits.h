/* The rules by which requests of a generation are counted: the rate limits of the configuration,
 * and those of the usage plans of API keys. */
#ifndef BFF_APP_GENERATION_LIMITS_H
#define BFF_APP_GENERATION_LIMITS_H

#include "bff/app/generation.h"

/* Fills generation->rules, which the limiters get, and generation->plans. */
void generation_limits_prepare(struct generation *generation);

#endif
