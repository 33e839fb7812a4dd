/*
 * How many connections each address has, over all workers: a fixed table of counters without locks.
 * An address counts in two places, and the smaller number holds, so that one which shares a place
 * with a busy one is hardly ever mistaken for it; where the places are is secret.
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

/* Where ${address} counts; an IPv6 address by its /64. */
struct address_places addresses_places(const struct addresses *addresses,
                                       const struct sockaddr *address);

/* One more connection: gives how many there are with it. One less. */
size_t addresses_add(struct addresses *addresses, struct address_places places);
void addresses_remove(struct addresses *addresses, struct address_places places);

#endif
