/*
 * The mirror of a route: copies of its requests go to another service, whose answers are thrown
 * away. What is shared by all workers and all configurations is in the registry: how many copies
 * are under way, and how many were sent and left out. All members are atomic.
 */
#ifndef BFF_PROXY_PLAIN_MIRROR_H
#define BFF_PROXY_PLAIN_MIRROR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"
#include "bff/upstream/service.h"

#define PLAIN_MIRROR_BODY ((size_t)1024 * 1024) /* a request with a longer body is not copied */

struct plain_route;

/* The counts of the mirrors of one route. */
struct plain_mirror_state {
    atomic_size_t asked; /* requests for which a copy could be sent, to compute the percentage */
    atomic_size_t in_flight; /* copies under way */
    atomic_size_t sent;
    atomic_size_t dropped; /* copies that were due and not sent: too many, or too long */
};

/*
 *   service  gets the copies; NULL: there is no mirror
 *   to       as plain_route.to; absent: that of the route
 *   methods  the methods that are copied, ended by an absent text; NULL: all
 *   percent  how many of the requests are copied, 1 to 100
 *   max      the most copies under way, of all workers
 *   route    a copy of the route that asks ${service}; the generation makes it
 *   state    the generation sets it
 */
struct plain_mirror {
    const struct bff_service *service;
    struct text to;
    struct text *methods;
    unsigned percent;
    unsigned max;
    struct plain_route *route;
    struct plain_mirror_state *state;
};

/* Returns the counts of the mirror ${name}, with one more reference (registry_release). */
struct plain_mirror_state *plain_mirror_hold(struct registry *registry, struct text name);

/* What becomes of the copy of a request. */
enum plain_mirror_turn {
    PLAIN_MIRROR_NOT_DUE,
    PLAIN_MIRROR_DROP, /* it is due, but too many are under way, or the body is too long */
    PLAIN_MIRROR_SEND, /* plain_mirror_end must follow */
};

/* Decides about a request with ${method} and ${body_bytes}, and counts it. Exactly ${percent} of
 * every 100 requests are due. */
enum plain_mirror_turn plain_mirror_begin(const struct plain_mirror *mirror, struct text method,
                                          size_t body_bytes);

/* A copy is over. */
void plain_mirror_end(struct plain_mirror_state *state);

#endif
