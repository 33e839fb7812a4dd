/*
 * The checks "redis" and "cache" of the page /health (health_page.h): whether Redis can be used,
 * and how full the cache is. docs/health.md shows them.
 */
#ifndef BFF_APP_HEALTH_PAGE_STORES_H
#define BFF_APP_HEALTH_PAGE_STORES_H

#include <stdbool.h>

#include "bff/cache/cache.h"
#include "bff/json/json_print.h"
#include "bff/store/redis_state.h"

struct health_page_stores {
    const struct redis_state *redis; /* NULL: no Redis server is configured */
    const struct cache *cache;       /* NULL: nothing is cached */
};

/* Adds the checks to the members ${checks}. Returns false when one of them does not pass. */
bool health_page_stores_print(const struct health_page_stores *stores, struct json_print *checks);

#endif
