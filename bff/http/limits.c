/* See limits.h. */
#include "bff/http/limits.h"

#define KIB ((size_t)1024)
#define MIB (KIB * KIB)
#define SWEEP_MIN_MS 25
#define SWEEP_MAX_MS 1000
#define BODY_PAUSES 10 /* the whole body may take this many times body_ms */

const struct server_limits limits_default = {
    .header_fields = 100,
    .header_bytes = 32 * KIB,
    .target_bytes = 8 * KIB,
    .connections = 10000,
    .connections_per_address = 0,
    .header_ms = 10000,
    .body_ms = 30000,
    .idle_ms = 60000,
    .stall_ms = 30000,
    .min_rate = 256,
    .http2_requests = 100,
    .resets_at_once = 100,
    .resets_per_second = 20,
    .wasted_bytes = 32 * MIB,
};

static size_t least(size_t a, size_t b) { return a < b ? a : b; }
static size_t most(size_t a, size_t b) { return a > b ? a : b; }

size_t limits_body_memory(size_t body_limit)
{
    return body_limit + most(least(body_limit, MIB), 64 * KIB);
}

uint32_t limits_sweep_ms(const struct server_limits *limits)
{
    size_t shortest =
        least(least(limits->header_ms, limits->body_ms), least(limits->idle_ms, limits->stall_ms));

    return (uint32_t)most(SWEEP_MIN_MS, least(SWEEP_MAX_MS, shortest / 4));
}

uint32_t limits_whole_body_ms(const struct server_limits *limits)
{
    return BODY_PAUSES * limits->body_ms;
}

uint64_t limits_request_ms(const struct server_limits *limits)
{
    return (uint64_t)limits->idle_ms + limits->header_ms + limits_whole_body_ms(limits);
}
