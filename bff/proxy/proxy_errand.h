/* A call that goes on without its request (errand.h): nobody reads the answer. Only proxy.c uses
 * it. */
#ifndef BFF_PROXY_PROXY_ERRAND_H
#define BFF_PROXY_PROXY_ERRAND_H

#include <stdbool.h>

#include "bff/proxy/proxy_passing.h"

/* The request goes. Returns false when its call cannot go on without it. */
bool proxy_errand_begin(struct proxy_passing *passing);

/* The service has begun to answer an errand, and has as much time for the rest as for a whole call.
 */
void proxy_errand_limit(struct proxy_passing *passing);

#endif
