/* The checks of section_routes_transform.c. */
#ifndef BFF_CONFIG_SECTION_ROUTES_TRANSFORM_CHECK_H
#define BFF_CONFIG_SECTION_ROUTES_TRANSFORM_CHECK_H

#include "bff/config/settings.h"

/* Reports what contradicts each other in the route ${index}, and sets what follows from its
 * settings. */
void section_routes_transform_check(struct settings *settings, size_t index);

#endif
