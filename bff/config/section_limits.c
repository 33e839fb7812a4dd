/* limits: how much of the server one client may have, and for how long. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static const struct setting rows[] = {
    {"limits.header_bytes", &kind_size, OF(limits.header_bytes), 1024, 256 * UNITS_KIB,
     .normal = "32KiB", .about = "all headers of a request together"},
    {"limits.header_fields", &kind_count, OF(limits.header_fields), 1, 100, .normal = "100",
     .about = "headers of a request"},
    {"limits.target_bytes", &kind_size, OF(limits.target_bytes), 64, 64 * UNITS_KIB,
     .normal = "8KiB", .about = "a request's path and query"},
    {"limits.body", &kind_size, OF(request_limit), 0, UNITS_GIB, .normal = "1MiB",
     .about = "a request's body, where its route says nothing"},
    {"limits.connections", &kind_count, OF(limits.connections), 0, 10000000, .normal = "10000",
     .about = "open at the same time; 0: no limit"},
    {"limits.connections_per_address", &kind_count, OF(limits.connections_per_address), 0, 10000000,
     .normal = "0", .about = "of one address, or one IPv6 /64; 0: no limit"},
    {"limits.header_timeout", &kind_duration, OF(limits.header_ms), 100, UNITS_HOUR,
     .normal = "10s", .about = "from a request's first byte to the end of its headers"},
    {"limits.body_timeout", &kind_duration, OF(limits.body_ms), 100, UNITS_HOUR, .normal = "30s",
     .about = "in which some of a request's body must come"},
    {"limits.idle_timeout", &kind_duration, OF(limits.idle_ms), 100, UNITS_HOUR, .normal = "60s",
     .about = "how long a connection may wait for its next request"},
    {"limits.stall_timeout", &kind_duration, OF(limits.stall_ms), 100, UNITS_HOUR, .normal = "30s",
     .about = "in which a client must take some of its answer"},
    {"limits.min_rate", &kind_size, OF(limits.min_rate), 0, UNITS_GIB, .normal = "256",
     .about = "bytes a second that it must take at least; 0: no limit"},
    {"limits.http2_streams", &kind_number, OF(limits.http2_requests), 1, 1000, .normal = "100",
     .about = "requests of one HTTP/2 connection at the same time"},
    {"limits.http2_resets.burst", &kind_number, OF(limits.resets_at_once), 1, 100000,
     .normal = "100", .about = "HTTP/2 requests that a connection may cancel at once"},
    {"limits.http2_resets.rate", &kind_number, OF(limits.resets_per_second), 1, 100000,
     .normal = "20", .about = "and then in a second"},
    {0},
};

/* Sets all limits, because some of them have no setting. */
static void begin(struct config *config, const struct bff_build *build)
{
    config->limits = limits_default;
}

const struct section section_limits = {.rows = rows, .begin = begin};
