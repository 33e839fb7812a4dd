/*
 * How much of the server one client may have, and for how long. All of it is checked from outside
 * libh2o: what that decides by itself is listed in docs/hostile-clients.md.
 */
#ifndef BFF_HTTP_LIMITS_H
#define BFF_HTTP_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct server_limits {
    size_t header_fields; /* of a request */
    size_t header_bytes;  /* of all its fields: names, values, four bytes for each */
    size_t target_bytes;  /* path and query, or the absolute form */

    size_t connections;             /* of the whole server; 0: no limit */
    size_t connections_per_address; /* an IPv6 /64 is one address; 0: no limit */

    uint32_t header_ms; /* from a head's first byte to its last; also the TLS handshake */
    uint32_t body_ms;   /* in which some of a request's body must come */
    uint32_t idle_ms;   /* a connection without a request */
    uint32_t stall_ms;  /* in which the client must take some of its answer */

    unsigned http2_requests;    /* of one connection that are worked on at the same time */
    unsigned resets_at_once;    /* HTTP/2 requests ended before they were answered: a bucket of */
    unsigned resets_per_second; /* so many, refilled so fast; at least 1 */
    size_t wasted_bytes;        /* received from one connection without becoming a request */
};

extern const struct server_limits limits_default;

/*
 * What libh2o may keep of one request's body. It answers what is larger by itself (HTTP/1.1: 413
 * before the body is read; HTTP/2: RST_STREAM), so that our own answer is given to bodies between
 * ${body_limit} and this.
 */
size_t limits_body_memory(size_t body_limit);

/* How often clients are looked at, so that no limit is overrun by more than a quarter. */
uint32_t limits_sweep_ms(const struct server_limits *limits);

/* libh2o's one timeout for waiting, head and body together: it must not cut what ours allow. */
uint64_t limits_request_ms(const struct server_limits *limits);

#endif
