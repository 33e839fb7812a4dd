/*
 * The split of a route: each request goes to one of several services, by weights. A canary gets 5
 * of 100 requests, for example.
 *
 * With a key (a user, an address, a cookie), the service is chosen by weighted rendezvous hashing:
 * the same key gets the same service, in all workers and processes and after a restart. When the
 * weight of a service grows, keys only move to it. So who gets the canary of 5 % also gets the one
 * of 10 %. The hash depends on the rows and not on the route, so a key gets the same service on all
 * routes with the same rows.
 *
 * Without a key, the services take turns (turns.h). All workers share the sequence, so the counts
 * are exact.
 */
#ifndef BFF_PROXY_PLAIN_SPLIT_H
#define BFF_PROXY_PLAIN_SPLIT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/upstream/service.h"

#define PLAIN_SPLIT_MAX 16
#define PLAIN_SPLIT_WEIGHT_MAX 1000

struct plain_route;

/* Who gets the same service again. */
enum plain_split_sticky {
    PLAIN_SPLIT_OFF, /* nobody: every request takes its turn */
    PLAIN_SPLIT_USER,
    PLAIN_SPLIT_IP,
    PLAIN_SPLIT_COOKIE,
};

/* A service of the split. Weight 0: it gets nothing. */
struct plain_split_row {
    const struct bff_service *service;
    unsigned weight; /* at most PLAIN_SPLIT_WEIGHT_MAX */
    struct text to;  /* as plain_route.to; absent: that of the route */
};

/* ${turns} and ${next} are made by plain_split_prepare. */
struct plain_split {
    struct plain_split_row *rows;
    size_t count; /* 0: the route has no split */
    enum plain_split_sticky sticky;
    struct text cookie;          /* its name, with PLAIN_SPLIT_COOKIE */
    struct plain_route *choices; /* a copy of the route for each row, which asks that service; the
                                    generation makes them */
    const uint8_t *turns;        /* a period of the sequence: the index of a row for each turn */
    size_t period;
    atomic_size_t *next; /* counts the turns of all workers */
};

/* Makes the sequence, in ${pool}. The sum of the weights must not be 0. */
void plain_split_prepare(struct plain_split *split, struct pool *pool);

/* Returns the index of the row for ${key}. */
size_t plain_split_by_key(const struct plain_split *split, struct text key);

/* Returns the index of the row whose turn it is. */
size_t plain_split_by_turn(const struct plain_split *split);

#endif
