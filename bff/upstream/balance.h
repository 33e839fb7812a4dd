/*
 * Chooses the endpoint of a service that is asked next. A balance belongs to one service of one
 * configuration in one worker. What is known about the endpoints is in their shared states
 * (endpoint_state.h).
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
 * The endpoint to ask, which is not in ${except} (NULL: nothing is left out). ${key} is for
 * algorithms that give requests with equal keys the same endpoint; an absent text: no key. Returns
 * NULL when all endpoints are left out. The algorithm is round robin, which uses no key.
 */
struct endpoint *balance_pick(struct balance *balance, struct text key,
                              const struct balance_except *except);

#endif
