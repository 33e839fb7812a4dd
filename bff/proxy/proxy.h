/*
 * Plain proxying: the server passes a request on to a service, and streams the answer to the
 * client. It does not collect or parse the answer's body. When a client does not read, the server
 * stops reading from the service (backpressure). WebSocket is tunnelled (tunnel.h).
 */
#ifndef BFF_PROXY_PROXY_H
#define BFF_PROXY_PROXY_H

#include <stdbool.h>

#include "bff/base/text.h"
#include "bff/edge/caller.h"
#include "bff/http/request.h"
#include "bff/proxy/plain_route.h"
#include "bff/upstream/upstream.h"

struct cache_worker;
struct proxy_cached;
struct proxy_transform;
struct redis;
struct spool;

/* The settings of the configuration; they do not change while a request uses them. */
struct proxy_settings {
    struct text server;          /* this server's name in Via and Proxy-Status: "bff-web" */
    const char *const *withheld; /* names of request fields that are not passed on, and a NULL;
                                    NULL: none */
    const struct security_settings *security; /* the fields for browsers */
    bool hides_cors; /* this server sends the CORS fields, so those of services are left out */
};

struct proxy_ask {
    const struct proxy_settings *settings;
    const struct plain_route *route;
    const struct caller *caller;       /* who asks */
    struct text path;                  /* normalised by plain_path */
    struct spool *spool;               /* has the body; NULL: it is in memory, or streamed */
    struct upstream *upstream;         /* the worker's */
    int64_t head_by_ns;                /* as in call_ask */
    struct cache_worker *cache;        /* the worker's; NULL: nothing is cached */
    struct redis *cache_redis;         /* its second level; NULL: none */
    struct proxy_transform *transform; /* what is changed; NULL: nothing */
    struct text mock_line;       /* a header line for mock services (mock_mode.h); absent: none */
    struct proxy_cached *cached; /* what the cache has (proxy_cache.h); NULL: the route has no
                                    cache */
};

/* Passes ${request} on and answers it. Its peer has been found (peer.h). What ${ask} points to must
 * live as long as the request. */
void proxy_serve(struct request *request, const struct proxy_ask *ask);

#endif
