/*
 * How much of the server one client may use, and for how long. We check all of it outside of
 * libh2o; docs/hostile-clients.md lists what libh2o decides by itself.
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
    size_t connections_per_address; /* an IPv6 /64 counts as one address; 0: no limit */

    uint32_t header_ms; /* from a head's first byte to its last; also the TLS handshake */
    uint32_t body_ms;   /* in which some of a request's body must come */
    uint32_t idle_ms;   /* a connection without a request */
    uint32_t stall_ms;  /* in which the client must take some of its answers: */
    size_t min_rate;    /* bytes a second, at least; 0: one byte in stall_ms */

    unsigned http2_requests; /* of one connection, in work at the same time */

    /* HTTP/2 requests that end before they are answered, a token bucket for each connection: its
     * size, and the tokens that it gets in a second (at least 1) */
    unsigned resets_at_once;
    unsigned resets_per_second;
    size_t wasted_bytes; /* received on one connection that did not become a request */
};

extern const struct server_limits limits_default;

/*
 * The largest body of one request that libh2o may keep. It refuses a larger one by itself
 * (HTTP/1.1: 413 before the body is read; HTTP/2: RST_STREAM). Bodies between ${body_limit} and
 * this size get our own answer.
 */
size_t limits_body_memory(size_t body_limit);

/* How often clients are checked, so that no client exceeds a time limit by more than a quarter. */
uint32_t limits_sweep_ms(const struct server_limits *limits);

/* In which the whole of a request's body must come. */
uint32_t limits_whole_body_ms(const struct server_limits *limits);

/* libh2o has one timeout for waiting, head and body together. It must not end a request that our
 * own limits allow. */
uint64_t limits_request_ms(const struct server_limits *limits);

#endif
