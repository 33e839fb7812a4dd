/* routes.*.security_headers and routes.*.hsts. */
#include "bff/config/kind.h"
#include "bff/proxy/plain_route.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct plain_route, security.member)

static const struct setting rows[] = {
    {"routes.*.security_headers", &kind_bool, OF(is_on), .normal = "false",
     .about = "answers have nosniff, X-Frame-Options: SAMEORIGIN and a Referrer-Policy"},
    {"routes.*.hsts", &kind_bool, OF(has_hsts), .normal = "true",
     .about = "false: the answers never have security_headers.hsts"},
    {0},
};

const struct section section_routes_security = {.rows = rows, .items = &section_routes_items};
