/*
 * Counts the connections of each address in all workers, in a lock-free table of fixed size (a
 * count-min sketch). Each address is counted in two places, and the smaller number is used. An
 * address that shares one place with a busy address still has its own second place, so its number
 * is rarely wrong. A client cannot guess the places, as they depend on secret keys.
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

/* Returns the places of ${address}. All addresses of an IPv6 /64 have the same places. */
struct address_places addresses_places(const struct addresses *addresses,
                                       const struct sockaddr *address);

/* Adds a connection of the address with ${places}. Returns the number of its connections, with this
 * one. */
size_t addresses_add(struct addresses *addresses, struct address_places places);

/* Removes a connection of the address with ${places}. */
void addresses_remove(struct addresses *addresses, struct address_places places);

#endif
