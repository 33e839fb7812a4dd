/*
 * Reads the address that a proxy writes for its client: a node (RFC 7239 section 6), or an item of
 * X-Forwarded-For, which no standard describes.
 */
#ifndef BFF_EDGE_NODE_H
#define BFF_EDGE_NODE_H

#include <stdbool.h>

#include "bff/base/ip.h"
#include "bff/base/text.h"

/*
 * Reads the IPv4 or IPv6 address in ${node}. Proxies write "192.0.2.7", "192.0.2.7:5678",
 * "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443", "::ffff:192.0.2.7" and "fe80::1%eth0", also
 * in quotes. The port and the zone are dropped. Returns false for "unknown", for "_hidden" and for
 * any other text; then ${*out} is not changed.
 */
bool node_read(struct text node, struct ip *out);

#endif
