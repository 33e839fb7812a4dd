/*
 * The key of a request under a rule, as people and Redis read it. The parts of a key are joined by
 * '|':
 *
 *   192.0.2.7               an IPv4 address
 *   2001:db8:1:2::/64       the network of an IPv6 address, written as express-rate-limit does with
 *                           ipv6Subnet: 64
 *   user=42                 the signed-in user
 *   api_key=shop            the name of the API key
 *   x-shop=7                a header field
 *   route=/api/users/       the path of the route or composite; "route=" if there is none
 *
 * When nobody is signed in, or the request has no such field or key, the part is the address.
 * Otherwise all these requests would have one count, or a client could leave the field out to be
 * counted nowhere.
 *
 * Bytes of a value that are not visible ASCII, and '%', '|', '=' and '#', are percent-encoded. A
 * value of more than 64 bytes is replaced by '#' and the first 128 bits of its SHA-256 hash. So two
 * different requests never have the same key, and a key has a limited length.
 */
#ifndef BFF_LIMIT_LIMIT_KEY_H
#define BFF_LIMIT_LIMIT_KEY_H

#include "bff/base/text.h"
#include "bff/http/request.h"
#include "bff/limit/limit_rule.h"

/*
 * Returns the key of ${request}, whose peer is known. request->user is the signed-in user, or
 * absent, and request->api_key the name of the API key, or absent. ${route} is the path of the
 * route or composite, as it is configured, or absent. The key lives as long as the request's pool.
 */
struct text limit_key(const struct request *request, const struct limit_rule *rule,
                      struct text route);

#endif
