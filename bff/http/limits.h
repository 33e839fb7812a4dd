/*
 * The limits for one client: how much of the server it may use, and for how long. We check all of
 * them outside of libh2o; docs/hostile-clients.md lists what libh2o decides by itself.
 */
#ifndef BFF_HTTP_LIMITS_H
#define BFF_HTTP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server_limits {
    size_t header_fields; /* number of header fields of a request */
    size_t header_bytes;  /* bytes of these fields: names, values, four bytes for each */
    size_t target_bytes;  /* bytes of the path and query, or of the absolute form */

    size_t connections;             /* number for the whole server; 0: no limit */
    size_t connections_per_address; /* number for one address or one IPv6 /64; 0: no limit */

    uint32_t header_ms; /* from the first byte of a head to its last; for the TLS handshake, too */
    uint32_t body_ms;   /* the longest time without new bytes of a request's body */
    uint32_t idle_ms;   /* the longest time of a connection without a request */
    uint32_t stall_ms;  /* the longest time in which the client takes too little of its answers */
    size_t min_rate;    /* bytes a second, in that time; 0: one byte is enough */

    bool is_brief; /* each HTTP/1.1 connection ends with its first answer */

    unsigned http2_requests; /* number of requests of one connection at the same time */

    /* A token bucket of each connection, for HTTP/2 requests that end before they are answered: its
     * size, and the number of tokens that it gets each second (at least 1). */
    unsigned resets_at_once;
    unsigned resets_per_second;
    size_t wasted_bytes; /* bytes received on one connection that did not become a request */
};

extern const struct server_limits limits_default;

/*
 * Returns the size of the largest body of one request that libh2o may keep. libh2o itself refuses a
 * larger body (HTTP/1.1: 413 before the body is read; HTTP/2: RST_STREAM). Bodies between
 * ${body_limit} and this size get our own answer.
 */
size_t limits_body_memory(size_t body_limit);

/* Returns the time between two checks of the clients. It is so short that no client exceeds a time
 * limit by more than a quarter, unless the limit is very short (less than 100 ms). */
uint32_t limits_sweep_ms(const struct server_limits *limits);

/* Returns the time in which the whole body of a request must arrive. */
uint32_t limits_whole_body_ms(const struct server_limits *limits);

/* Returns libh2o's timeout for a request. It covers the wait for the request, its head and its body
 * together. It is so long that it never ends a request that our own limits allow. */
uint64_t limits_request_ms(const struct server_limits *limits);

#endif
