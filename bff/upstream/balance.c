/* See balance.h. */
#include "bff/base/check.h"
#include "bff/upstream/balance.h"

void balance_init(struct balance *balance, struct endpoint *const *endpoints, size_t count)
{
    must(count > 0);
    *balance = (struct balance){.endpoints = endpoints, .count = count};
}

struct endpoint *balance_pick(struct balance *balance, struct text key,
                              const struct balance_except *except)
{
    for (size_t tried = 0; tried < balance->count; tried++) {
        struct endpoint *endpoint = balance->endpoints[balance->next];
        balance->next = balance->next + 1 == balance->count ? 0 : balance->next + 1;
        if (except == NULL || !except->has(except->cookie, endpoint))
            return endpoint;
    }
    return NULL;
}
