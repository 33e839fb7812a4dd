/*
 * The scope of a route's stored responses in the key of the cache (bff/cache/cache_key.h). Two
 * routes may send the same target to the same service with different header fields. So a scope is
 * everything of a route that its requests to the service may depend on. It is the same in every
 * generation with the same route, so that what is stored survives a new configuration.
 */
#ifndef BFF_PROXY_PROXY_SCOPE_H
#define BFF_PROXY_PROXY_SCOPE_H

#include "bff/base/pool.h"
#include "bff/proxy/plain_route.h"

/* Returns the scope of ${route}. It is in ${pool}. */
struct text proxy_scope(struct pool *pool, const struct plain_route *route);

#endif
