/* The header fields that tell a client about its limit. */
#ifndef BFF_LIMIT_LIMIT_HEADERS_H
#define BFF_LIMIT_LIMIT_HEADERS_H

#include "bff/http/request.h"
#include "bff/limit/limit_verdict.h"

/*
 * Sets the fields of ${rule} and ${verdict} for the answer to ${request}, in the way that the rule
 * asks for. They replace the fields of an earlier rule. Times are whole seconds, rounded up.
 *
 *   draft-6     RateLimit-Policy: 100;w=900, RateLimit-Limit, RateLimit-Remaining and
 *               RateLimit-Reset (draft-ietf-httpapi-ratelimit-headers-06)
 *   structured  RateLimit-Policy: "api";q=100;w=900 and RateLimit: "api";r=87;t=120 (version 10 of
 *               the same draft)
 *   legacy      X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset, which is a time in
 *               seconds since 1970
 *   off         none
 */
void limit_headers_set(struct request *request, const struct limit_rule *rule,
                       const struct limit_verdict *verdict);

/* Returns the value of Retry-After for a refused request: at least 1 second. */
struct text limit_headers_retry_after(struct pool *pool, const struct limit_verdict *verdict);

#endif
