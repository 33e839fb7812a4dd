/*
 * The checks "redis", "cache", "login" and "provider" of the page /health (health_page.h): whether
 * Redis can be used, how full the cache is, how old the keys of URLs are, and whether the OpenID
 * providers answer. docs/health.md shows them.
 */
#ifndef BFF_APP_HEALTH_PAGE_STORES_H
#define BFF_APP_HEALTH_PAGE_STORES_H

#include <stdbool.h>

#include "bff/cache/cache.h"
#include "bff/edge/login.h"
#include "bff/json/json_print.h"
#include "bff/session/session_settings.h"
#include "bff/store/redis_state.h"

struct health_page_stores {
    const struct redis_state *redis;        /* NULL: no Redis server is configured */
    const struct cache *cache;              /* NULL: nothing is cached */
    const struct login *login;              /* NULL: login is off */
    const struct session_settings *session; /* NULL: no sessions */
};

/* Adds the checks to the members ${checks}. Returns false when one of them does not pass. */
bool health_page_stores_print(const struct health_page_stores *stores, struct json_print *checks);

#endif
