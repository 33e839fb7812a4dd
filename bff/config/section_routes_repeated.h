/* For section_routes.c only: routes with the same conditions. */
#ifndef BFF_CONFIG_SECTION_ROUTES_REPEATED_H
#define BFF_CONFIG_SECTION_ROUTES_REPEATED_H

#include "bff/config/settings.h"

/* Reports the route if an earlier one has the same path and conditions, so that no request finds
 * it. */
void section_routes_repeated_check(struct settings *settings, size_t index);

#endif
