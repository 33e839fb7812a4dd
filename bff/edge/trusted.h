/*
 * The addresses of the trusted proxies in front of this server. X-Forwarded-For and similar fields
 * are read only when a trusted proxy sends them.
 */
#ifndef BFF_EDGE_TRUSTED_H
#define BFF_EDGE_TRUSTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "bff/base/text.h"

#define TRUSTED_BITS 128

/* A network: the first ${bits} of ${address}; all other bits are zero. An IPv4 network is stored as
 * an IPv6 network in ::ffff:0:0/96. So an IPv4 client also matches when its connection came through
 * a socket for both families. */
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
 * Reads "10.0.0.0/8", "192.0.2.7", "2001:db8::/32" or "::1". Returns NULL; or in words what is
 * wrong with ${text}, and then ${out} is not written. An address that has bits set after its prefix
 * ("10.0.0.1/8") is refused, because the operator may have meant another network.
 */
const char *trusted_read(struct text text, struct trusted_network *out);

/* True when ${address} is in one of the networks. False for addresses that are neither IPv4 nor
 * IPv6. */
bool trusted_has(const struct trusted *trusted, const struct sockaddr *address);

/* Like trusted_has, but for an address as text: "192.0.2.7", "2001:db8::1". False for a text that
 * is not an address. */
bool trusted_has_text(const struct trusted *trusted, struct text address);

/* True for an IPv4 or IPv6 address as text. */
bool trusted_is_address(struct text text);

#endif
