/* The header fields that a service gets for a request that is passed on. */
#ifndef BFF_PROXY_PROXY_REQUEST_H
#define BFF_PROXY_PROXY_REQUEST_H

#include <stdbool.h>

#include "bff/proxy/proxy.h"

/* True when the client asks for WebSocket and the route allows it. */
bool proxy_request_wants_upgrade(const struct request *request, const struct plain_route *route);

/* Returns the method of the request to the service. HEAD stays HEAD, because its answer has no
 * body.
 */
struct text proxy_request_method(const struct request *request, const struct plain_route *route);

/* Returns the body of the request to the service. */
struct text proxy_request_body(const struct request *request, const struct proxy_ask *ask);

/* Returns the header fields of the request to the service, as whole lines without Host: the
 * client's fields that are passed on, and the fields that this server adds. docs/proxying.md lists
 * both. */
struct text proxy_request_fields(struct request *request, const struct proxy_ask *ask);

/* Returns "https://host" as the client has requested it. It is in ${pool}. */
struct text proxy_request_origin(const struct request *request, struct pool *pool);

#endif
