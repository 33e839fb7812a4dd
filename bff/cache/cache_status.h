/* The field Cache-Status (RFC 9211): what the cache did with a request. */
#ifndef BFF_CACHE_CACHE_STATUS_H
#define BFF_CACHE_CACHE_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/base/text_builder.h"

/* Why the request went to the service (RFC 9211 section 2.2). */
enum cache_status_forward {
    CACHE_STATUS_HIT,       /* it did not go */
    CACHE_STATUS_BYPASS,    /* the cache was not asked */
    CACHE_STATUS_METHOD,    /* the method is not cached */
    CACHE_STATUS_URI_MISS,  /* nothing is stored for its target */
    CACHE_STATUS_VARY_MISS, /* what is stored has other values of the fields in Vary */
    CACHE_STATUS_MISS,      /* one of the two before, and it is not known which one */
    CACHE_STATUS_REQUEST,   /* the entry is fresh, but the request does not accept it (no-cache) */
    CACHE_STATUS_STALE,     /* the entry is stale */
    CACHE_STATUS_PARTIAL,   /* a range is not stored */
};

/*
 *   name         of this cache: "bff-web"
 *   forward      see above
 *   has_ttl      ${ttl_s} is known
 *   ttl_s        seconds for which the entry is still fresh; negative: so long it has been stale
 *   status       of the service's response, when it is not the status of the answer; 0: not written
 *   is_stored    the response to this request was stored
 *   is_collapsed the request waited for the call of another one
 *   detail       more for a reader, "stale-if-error"; absent: nothing
 */
struct cache_status {
    struct text name;
    enum cache_status_forward forward;
    bool has_ttl;
    int64_t ttl_s;
    int status;
    bool is_stored, is_collapsed;
    struct text detail;
};

/* Adds one member: "bff-web; hit; ttl=30", or "bff-web; fwd=uri-miss; stored". */
void cache_status_print(struct text_builder *out, const struct cache_status *status);

#endif
