/*
 * What a proxy writes for the address of a client: a node of RFC 7239 section 6, or an item of
 * X-Forwarded-For, for which there is no rule.
 */
#ifndef BFF_EDGE_NODE_H
#define BFF_EDGE_NODE_H

#include <stdbool.h>

#include "bff/base/ip.h"
#include "bff/base/text.h"

/*
 * Reads the address in ${node}: an IPv4 or IPv6 address, alone or with a port, which is dropped.
 * Proxies write "192.0.2.7:5678", "[2001:db8::1]", "[2001:db8::1]:443", "::ffff:192.0.2.7", a zone
 * ("fe80::1%eth0"), and all of these in quotes. Returns false for "unknown", for "_hidden" and for
 * everything else, and then ${*out} is not changed.
 */
bool node_read(struct text node, struct ip *out);

#endif
