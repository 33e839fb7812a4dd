/*
 * Whom we believe what he says of the client: the proxies in front of this server, by address. From
 * everybody else X-Forwarded-For and its like are not read.
 */
#ifndef BFF_EDGE_TRUSTED_H
#define BFF_EDGE_TRUSTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "bff/base/text.h"

#define TRUSTED_BITS 128

/* A network: the first ${bits} of ${address}, the rest of it zero. IPv4 lies in ::ffff:0:0/96, so
 * that an IPv4 client is the same one on a socket that takes both families. */
struct trusted_network {
    uint8_t address[TRUSTED_BITS / 8];
    unsigned bits;
};

/* All zero: nobody. */
struct trusted {
    struct trusted_network *networks;
    size_t count;
};

/*
 * Reads "10.0.0.0/8", "192.0.2.7", "2001:db8::/32" or "::1". Returns NULL, or what is wrong with
 * ${text} in words; then ${out} is not written. Bits set behind the prefix are wrong: the writer
 * meant another network.
 */
const char *trusted_read(struct text text, struct trusted_network *out);

/* Whether ${address} is in one of the networks; other families are in none. */
bool trusted_has(const struct trusted *trusted, const struct sockaddr *address);

/* The same for an address as text, as in X-Forwarded-For: "192.0.2.7", "2001:db8::1"; what is no
 * address is in none. */
bool trusted_has_text(const struct trusted *trusted, struct text address);

/* True for an IPv4 or IPv6 address as text. */
bool trusted_is_address(struct text text);

#endif
