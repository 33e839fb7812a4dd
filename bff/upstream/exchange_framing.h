/* From the fields of a response head to how its body ends: RFC 9112 section 6.3, read strictly. */
#ifndef BFF_UPSTREAM_EXCHANGE_FRAMING_H
#define BFF_UPSTREAM_EXCHANGE_FRAMING_H

#include "bff/upstream/exchange.h"

/*
 * Fills in what follows from head->status, minor_version and fields. Returns -1 for a head that
 * we refuse: a folded or nameless field, Content-Length that is no number, that differs from
 * another or stands beside Transfer-Encoding, a Transfer-Encoding other than chunked or from an
 * HTTP/1.0 peer, a status outside 100 to 599.
 */
int exchange_framing_read(struct exchange_head *head, bool is_head_request);

#endif
