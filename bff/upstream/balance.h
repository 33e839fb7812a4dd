/*
 * Chooses which endpoint of a service gets the next request. A balance belongs to one service of
 * one configuration in one worker. What the process knows about an endpoint is in the endpoint's
 * shared state (endpoint_state.h).
 */
#ifndef BFF_UPSTREAM_BALANCE_H
#define BFF_UPSTREAM_BALANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"
#include "bff/upstream/endpoint.h"

struct balance {
    struct endpoint *const *endpoints; /* of the service, borrowed */
    size_t count;
    size_t next;
};

/* A set of endpoints to leave out. */
struct balance_except {
    bool (*has)(const void *cookie, const struct endpoint *endpoint);
    const void *cookie;
};

void balance_init(struct balance *balance, struct endpoint *const *endpoints, size_t count);

/*
 * Returns the endpoint to ask. It is never one of ${except} (NULL: no endpoint is left out).
 * Returns NULL when all endpoints are left out. ${key} is for algorithms that give requests with
 * equal keys the same endpoint; an absent text: no key. The only algorithm so far is round robin,
 * which does not use the key.
 */
struct endpoint *balance_pick(struct balance *balance, struct text key,
                              const struct balance_except *except);

#endif
