/* A request that changes data invalidates what is stored for its target (RFC 9111 section 4.4). */
#ifndef BFF_PROXY_PROXY_INVALIDATE_H
#define BFF_PROXY_PROXY_INVALIDATE_H

#include "bff/base/pool.h"
#include "bff/cache/cache.h"
#include "bff/proxy/plain_rewrite.h"
#include "bff/upstream/exchange.h"

/*
 * A request that was passed on.
 *   method
 *   path     of the client's request, by which responses of routes are found
 *   target   of the call, by whose path responses of parts are found
 *   origin   "https://host" of the client's request
 *   rewrite  of the route: Location may be a path of the service
 *   pool     for texts that are needed during the call of proxy_invalidate
 */
struct proxy_invalidate {
    struct text method, path, target, origin;
    const struct plain_rewrite *rewrite;
    struct pool *pool;
};

/* The service has answered the request with ${head}. When the method may change data and the
 * response is no error, everything that is stored for its path is invalidated, for all users and
 * with all queries. So are the paths in Location and Content-Location. */
void proxy_invalidate(struct cache *cache, const struct proxy_invalidate *request,
                      const struct exchange_head *head);

#endif
