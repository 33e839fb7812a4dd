/* The answer when a service has given none. */
#ifndef BFF_PROXY_PROXY_REFUSE_H
#define BFF_PROXY_PROXY_REFUSE_H

#include "bff/base/reason.h"
#include "bff/proxy/proxy_passing.h"

/* The call of ${passing} has ended for ${reason}, and its request has no answer yet. Sends a stored
 * answer if there is one, else 502, 503 or 504. Afterwards the request must not be used. */
void proxy_refuse(struct proxy_passing *passing, enum reason reason);

#endif
