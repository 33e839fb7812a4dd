/*
 * The leaky bucket of nginx (ngx_http_limit_req_module). A bucket has an excess in thousandths of a
 * request. It falls with the rate, and each request adds 1000 to it. A request with which it would
 * be more than the burst is refused and does not count. The first request of a key leaves an excess
 * of 0.
 *
 * A request whose excess is more than ${delay} waits until the excess has fallen to ${delay}. So
 * delay 0 lets requests pass at the rate, and LIMIT_NO_DELAY is nginx's "nodelay".
 */
#ifndef BFF_LIMIT_LIMIT_LEAKY_H
#define BFF_LIMIT_LIMIT_LEAKY_H

#include "bff/limit/limit_state.h"
#include "bff/limit/limit_verdict.h"

#define LIMIT_LEAKY_REQUEST 1000 /* the excess of one request */

/* Counts ${cost} requests at ${now}. Returns the next state, and writes the verdict to ${out}. */
uint64_t limit_leaky_count(const struct limit_rule *rule, uint64_t state,
                           const struct limit_now *now, uint32_t cost, struct limit_verdict *out);

#endif
