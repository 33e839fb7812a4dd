/*
 * The endpoints of one service of one configuration in one worker, as members of its balance.
 *
 * Without resolves_each, every row of service_settings.endpoints is one endpoint. With it, a row
 * whose host is a name is a set of endpoints, one for each address of the last look-up. While the
 * name has no address, the row is one endpoint that cannot be reached.
 *
 * A member keeps its place as long as it is in the set. An address mostly has the same place in all
 * workers. When the address has left, mostly no other address gets its place. The members are
 * ordered by row and address. There are at most SERVICE_ENDPOINTS_MAX members. Each row that is not
 * a name takes one of them. The names share the rest equally, and further addresses are left out.
 */
#ifndef BFF_UPSTREAM_ENDPOINT_SET_H
#define BFF_UPSTREAM_ENDPOINT_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/upstream/balance.h"
#include "bff/upstream/endpoints.h"
#include "bff/upstream/service.h"

struct endpoint_set {
    struct endpoints *endpoints;
    const struct service_settings *settings;
    struct endpoint **rows; /* of settings->endpoints, in that order. Their names are looked up. A
                               row that is a set is a member only while its name has no address */
    struct balance_member *members;
    size_t count;     /* of the members, at least 1 */
    unsigned version; /* of the addresses of all rows */
    bool has_twins;   /* an endpoint is more than one member, because the settings list it twice */
};

/* Makes the set, with the addresses that are known already. Both arguments must outlive it. */
void endpoint_set_init(struct endpoint_set *set, struct endpoints *endpoints,
                       const struct service_settings *settings);

/*
 * Follows the look-ups that have ended. Returns true when the members have changed: then
 * balance_set must be called before the next call begins. The idle connections of endpoints that
 * have left are closed. Their attempts under way go on.
 */
bool endpoint_set_follow(struct endpoint_set *set);

/* Returns the places of the endpoint of ${member}, as bits. They are more than one when the
 * settings list it twice. */
uint64_t endpoint_set_places(const struct endpoint_set *set, const struct balance_member *member);

/* True when the names of all rows have been looked up once, with success or without. */
bool endpoint_set_is_looked_up(const struct endpoint_set *set);

/* The configuration ends (endpoints_forget). Calls may still choose members. */
void endpoint_set_forget(struct endpoint_set *set);

/* No call of the configuration is under way any more. To be called once, after endpoint_set_forget.
 */
void endpoint_set_release(struct endpoint_set *set);

#endif
