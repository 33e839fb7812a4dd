/*
 * The addresses of the trusted proxies in front of this server. X-Forwarded-For and similar fields
 * are read only when a trusted proxy sends them.
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
 *   reads_forwarded  true: the proxies report the client in Forwarded (RFC 7239); false: in
 *                    X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host. Only these fields are
 *                    read, because a proxy may pass on the others as its client wrote them
 */
struct trusted {
    struct trusted_network *networks;
    size_t count;
    bool reads_forwarded;
};

/*
 * Reads "10.0.0.0/8", "192.0.2.7", "2001:db8::/32" or "::1". Returns NULL; or in words what is
 * wrong with ${text}, and then ${out} is not written. An address that has bits set after its prefix
 * ("10.0.0.1/8") is refused, because the operator may have meant another network.
 */
const char *trusted_read(struct text text, struct trusted_network *out);

/* True when ${address} is in one of the networks. */
bool trusted_has(const struct trusted *trusted, const struct ip *address);

#endif
