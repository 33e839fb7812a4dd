/*
 * Counts the connections of each address, over all workers, in a fixed table of counters without
 * locks. Each address has two counters, and other addresses may share them. The smaller of the two
 * numbers counts, so an address is hardly ever refused because of another one. The places of the
 * counters depend on a secret, so that nobody can choose addresses that collide.
 */
#ifndef BFF_HTTP_ADDRESSES_H
#define BFF_HTTP_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct addresses;

/* The two places of an address. */
struct address_places {
    uint32_t place[2];
};

struct addresses *addresses_new(void);
void addresses_free(struct addresses *addresses);

/* The places of ${address}; all IPv6 addresses of a /64 have the same. */
struct address_places addresses_places(const struct addresses *addresses,
                                       const struct sockaddr *address);

/* Adds a connection, and returns how many there are now; and: removes one. */
size_t addresses_add(struct addresses *addresses, struct address_places places);
void addresses_remove(struct addresses *addresses, struct address_places places);

#endif
