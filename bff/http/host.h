/*
 * The one spelling in which hosts are compared. A client may write one host in many ways:
 * "SHOP.example", "shop.example.", "shop.example:443", "sho%70.example", "[0:0::1]". Without it
 * another spelling could avoid the rules for a host.
 */
#ifndef BFF_HTTP_HOST_H
#define BFF_HTTP_HOST_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * The host in ${authority}, which is host[:port] as target_is_authority admits it, or absent: it
 * has no port and no dot at its end, no byte of it is percent-encoded, and an IPv6 address is in
 * its short form (RFC 5952) and in brackets. Compare the result without regard to case. It is
 * borrowed from ${authority}, or lies in ${pool}.
 */
struct text host_name(struct pool *pool, struct text authority);

#endif
