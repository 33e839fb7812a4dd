/* The authorizer of a generation, and the memory of what authorizers have said. */
#ifndef BFF_APP_GENERATION_AUTHORIZER_H
#define BFF_APP_GENERATION_AUTHORIZER_H

#include "bff/app/generation.h"

/* Makes the authorizer, if the configuration has one. Its verdicts stay in the cache of the process
 * while a generation has an authorizer. */
void generation_authorizer_prepare(struct generation *generation);

#endif
