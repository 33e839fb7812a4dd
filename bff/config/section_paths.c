/* paths: which paths of requests are refused, on composites and plain routes alike. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static const struct setting rows[] = {
    {"paths.encoded_slashes", &kind_bool, OF(may_encode_slashes), .normal = "true",
     .about = "false: a path with %2F, %5C or \\ in it is refused"},
    {0},
};

const struct section section_paths = {.rows = rows};
