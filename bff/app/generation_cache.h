/* What a generation needs of the cache of the process. */
#ifndef BFF_APP_GENERATION_CACHE_H
#define BFF_APP_GENERATION_CACHE_H

#include "bff/app/generation.h"

/* Finds out whether a route or a part of the generation is cached, and then sets the limits of the
 * cache. */
void generation_cache_prepare(struct generation *generation);

#endif
