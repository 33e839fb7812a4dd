/* The Retry-After field of an answer (RFC 9110 section 10.2.3). */
#ifndef BFF_UPSTREAM_CALL_RETRY_AFTER_H
#define BFF_UPSTREAM_CALL_RETRY_AFTER_H

#include <stdint.h>

#include "bff/upstream/exchange.h"

/* Returns how long the client is asked to wait, in ns. 0: the field is absent, is not valid, or
 * names a time that is over. The result is at most a day. */
int64_t call_retry_after_ns(const struct exchange_head *head);

#endif
