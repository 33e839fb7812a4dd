/* For section_routes.c only: what a route does without a service. */
#ifndef BFF_CONFIG_SECTION_ROUTES_DIRECT_H
#define BFF_CONFIG_SECTION_ROUTES_DIRECT_H

#include "bff/config/settings.h"

/* True when the route has a redirect or an answer, or a wrong one that has been reported. */
bool section_routes_direct_is_meant(const struct settings *settings, size_t index);

#endif
