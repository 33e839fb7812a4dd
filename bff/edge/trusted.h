/*
 * The trusted proxies in front of this server, by address. X-Forwarded-For and similar fields are
 * read only when they come from one of them.
 */
#ifndef BFF_EDGE_TRUSTED_H
#define BFF_EDGE_TRUSTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "bff/base/text.h"

#define TRUSTED_BITS 128

/* A network: the first ${bits} of ${address}; all other bits are zero. IPv4 networks lie in
 * ::ffff:0:0/96, so that an IPv4 client has the same address on a socket for both families. */
struct trusted_network {
    uint8_t address[TRUSTED_BITS / 8];
    unsigned bits;
};

/* All zero: no proxy is trusted. */
struct trusted {
    struct trusted_network *networks;
    size_t count;
};

/*
 * Reads "10.0.0.0/8", "192.0.2.7", "2001:db8::/32" or "::1". Returns NULL; or what is wrong with
 * ${text} in words, and then ${out} is not written. An address with bits after its prefix is
 * refused, because the operator may have meant another network.
 */
const char *trusted_read(struct text text, struct trusted_network *out);

/* Whether ${address} is in one of the networks. Addresses of other families are not. */
bool trusted_has(const struct trusted *trusted, const struct sockaddr *address);

/* As trusted_has, for an address as text, as in X-Forwarded-For: "192.0.2.7", "2001:db8::1". False
 * for a text that is not an address. */
bool trusted_has_text(const struct trusted *trusted, struct text address);

/* True for an IPv4 or IPv6 address as text. */
bool trusted_is_address(struct text text);

#endif
