/* default_routes: whether the build's own routes exist beside those of the file. section_routes.c
 * adds them. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

static const struct setting rows[] = {
    {"default_routes", &kind_bool, offsetof(struct config, keeps_default_routes),
     .shown = "true without routes, false with routes",
     .about = "the build's own routes exist, beside those of routes and after them"},
    {0},
};

const struct section section_default_routes = {.rows = rows};
