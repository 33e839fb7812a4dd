/*
 * Which endpoint of a service is asked next. One worker's state for one service; other algorithms
 * go behind the same two functions.
 */
#ifndef BFF_UPSTREAM_BALANCE_H
#define BFF_UPSTREAM_BALANCE_H

#include <stddef.h>

struct balance {
    size_t count; /* endpoints */
    size_t next;
};

void balance_init(struct balance *balance, size_t count);

/* The place of the endpoint to ask, less than count: round robin. */
size_t balance_pick(struct balance *balance);

#endif
