/* composites: how large a part may be. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static const struct setting rows[] = {
    {.path = "composites.body_limit",
     .kind = &kind_size,
     .offset = OF(body_limit),
     .within = {1, UNITS_GIB},
     .normal = "4MiB",
     .about = "a part with a longer body is rejected as too_large"},
    {.path = "composites.depth",
     .kind = &kind_number,
     .offset = OF(depth_limit),
     .within = {1, 1024},
     .normal = "128",
     .about = "a part whose JSON is nested deeper is rejected as bad_json"},
    {0},
};

const struct section section_composites = {.rows = rows};
