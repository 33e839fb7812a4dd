/*
 * Normalizes hosts, so that they can be compared. A client can write the same host in many ways:
 * "SHOP.example", "shop.example.", "shop.example:443", "sho%70.example", "[0:0::1]". Without this,
 * a client could avoid the rules for a host by another spelling of it.
 */
#ifndef BFF_HTTP_HOST_H
#define BFF_HTTP_HOST_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * Returns the host in ${authority}, which is absent or host[:port] (target_is_authority). The
 * result has no port, no dot at its end and no percent-encoded byte. An IPv6 address has brackets
 * and its short form (RFC 5952). Letters keep their case, so compare without regard to case. The
 * result is borrowed from ${authority} or lies in ${pool}.
 */
struct text host_name(struct pool *pool, struct text authority);

#endif
