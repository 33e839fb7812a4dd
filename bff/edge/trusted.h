/*
 * The trusted proxies in front of this server, by address, and what is read of them. Fields such as
 * X-Forwarded-For are read only when they come from one of these proxies.
 */
#ifndef BFF_EDGE_TRUSTED_H
#define BFF_EDGE_TRUSTED_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/ip.h"
#include "bff/base/text.h"

/* A network: the first ${bits} of ${address}; all other bits are zero. */
struct trusted_network {
    struct ip address;
    unsigned bits;
};

/*
 *   networks         the addresses of the proxies; none: no proxy is trusted
 *   reads_forwarded  they say who the client is in Forwarded (RFC 7239); otherwise they say it in
 *                    X-Forwarded-For, -Proto and -Host. The other fields are never read: a proxy
 *                    that writes one kind may pass on the other kind as its client wrote it
 */
struct trusted {
    struct trusted_network *networks;
    size_t count;
    bool reads_forwarded;
};

/*
 * Reads "10.0.0.0/8", "192.0.2.7", "2001:db8::/32" or "::1". Returns NULL; or what is wrong with
 * ${text} in words, and then ${out} is not written. An address with bits after its prefix is
 * refused, because the operator may have meant another network.
 */
const char *trusted_read(struct text text, struct trusted_network *out);

/* Whether ${address} is in one of the networks. */
bool trusted_has(const struct trusted *trusted, const struct ip *address);

#endif
