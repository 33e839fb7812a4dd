/*
 * A request as the cache reads it: its fields with the values that the service gets. So the fields
 * that this server writes itself (X-Real-IP, X-User-Id) have this server's values, and those that
 * are not sent are absent. A client could otherwise store a response for a value that the service
 * has not seen.
 */
#ifndef BFF_PROXY_PROXY_CACHE_ASKED_H
#define BFF_PROXY_PROXY_CACHE_ASKED_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/cache/cache_policy.h"
#include "bff/proxy/proxy.h"

struct proxy_cache_asked {
    struct cache_request policy; /* for the functions of bff/cache; its cookie is this struct */
    struct pool *pool;
    struct text nominated; /* the names in Connection, whose fields end here; absent: none */
    bool hides_user;       /* the route is shared: the service does not know who asks */

    /* One of these two: the request itself, or copies of its fields. */
    const struct request *request;
    const struct caller *caller; /* who asks */
    const struct request_field *fields;
    size_t field_count;
};

/* Reads ${request} for the route of ${ask}. ${asked} is valid as long as both. */
void proxy_cache_asked_init(struct proxy_cache_asked *asked, struct request *request,
                            const struct proxy_ask *ask);

/* Copies ${from} to ${asked}, for use after the end of the request. It lives as long as ${pool}. */
void proxy_cache_asked_copy(struct proxy_cache_asked *asked, const struct proxy_cache_asked *from,
                            struct pool *pool);

/* Returns all values of the field ${name} (lower case) as one list; absent if there is none. */
struct text proxy_cache_asked_field(const struct proxy_cache_asked *asked, const char *name);

#endif
