/* The scripts of the second level of the cache, which run in Redis. cache_redis_script.c has them
 * and says what they get and return. */
#ifndef BFF_CACHE_CACHE_REDIS_SCRIPT_H
#define BFF_CACHE_CACHE_REDIS_SCRIPT_H

#include "bff/store/redis_script.h"

#define CACHE_REDIS_SCRIPT_PREFIXES 64 /* prefixes that were purged, which Redis keeps */
#define CACHE_REDIS_SCRIPT_STAMPS 5000 /* paths and tags, about */

const struct redis_script *cache_redis_script_get(void);
const struct redis_script *cache_redis_script_set(void);
const struct redis_script *cache_redis_script_purge(void);

#endif
