/* See balance.h. */
#include "bff/base/check.h"
#include "bff/upstream/balance.h"

void balance_init(struct balance *balance, size_t count)
{
    must(count > 0);
    *balance = (struct balance){.count = count};
}

size_t balance_pick(struct balance *balance)
{
    size_t picked = balance->next;

    balance->next = picked + 1 == balance->count ? 0 : picked + 1;
    return picked;
}
