/* Copies of requests for the mirror of a route (plain_mirror.h). */
#ifndef BFF_PROXY_PROXY_MIRROR_H
#define BFF_PROXY_PROXY_MIRROR_H

#include "bff/proxy/proxy_passing.h"

/*
 * Sends a copy of the request of ${passing}, whose call has begun, to the service of the route's
 * mirror, if one is due and there is room for it. ${describe} writes call_ask of a passing whose
 * request, ask and fill are set: the copy is described as the call was, except for the service.
 * Everything that the copy needs is copied, so it outlives the request. It has the time
 * limits of its own service, and nothing waits for it except a drain. Returns "sent", "dropped", or
 * an absent text.
 */
struct text proxy_mirror(const struct proxy_passing *passing,
                         void (*describe)(struct proxy_passing *passing));

#endif
