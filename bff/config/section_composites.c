/* composites: how large a part may be. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static const struct setting rows[] = {
    {"composites.body_limit", &kind_size, OF(body_limit), 1, UNITS_GIB, .normal = "4MiB",
     .about = "a part with a longer body is rejected as too_large"},
    {"composites.depth", &kind_number, OF(depth_limit), 1, 1024, .normal = "128",
     .about = "a part whose JSON is nested deeper is rejected as bad_json"},
    {"composites.heartbeat", &kind_duration, OF(beat_ms), 100, UNITS_HOUR, .normal = "15s",
     .about = "a page that is sent part by part shows this often that it is not over"},
    {0},
};

const struct section section_composites = {.rows = rows};
