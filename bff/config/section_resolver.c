/* resolver: how often names of endpoints are looked up. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static const struct setting rows[] = {
    {"resolver.interval", &kind_duration, OF(resolve_ms), UNITS_SECOND, 24 * UNITS_HOUR,
     .normal = "30s", .about = "how often the names of endpoints are looked up again"},
    {0},
};

const struct section section_resolver = {.rows = rows};
