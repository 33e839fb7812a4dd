/* Reads from the fields of a response head how its body ends: RFC 9112 section 6.3, strictly. */
#ifndef BFF_UPSTREAM_EXCHANGE_FRAMING_H
#define BFF_UPSTREAM_EXCHANGE_FRAMING_H

#include "bff/upstream/exchange.h"

/*
 * Fills in the rest of ${head} from its status, minor_version and fields. Returns 0, or -1 for a
 * head that we refuse. It is refused for any of these reasons:
 *
 *   a field is folded or has no name
 *   Content-Length is not a number, differs from another Content-Length, or comes together with
 *   Transfer-Encoding
 *   Transfer-Encoding is not "chunked", or the peer speaks HTTP/1.0
 *   the status is not between 100 and 599
 */
int exchange_framing_read(struct exchange_head *head, bool is_head_request);

#endif
