/* The routes of a configuration: those that nobody has to write, and what no single value shows. */
#ifndef BFF_CONFIG_CONFIG_ROUTES_H
#define BFF_CONFIG_CONFIG_ROUTES_H

#include "bff/config/settings.h"

/* Makes the routes of a file that has none: those of the services that the build declares. */
void config_routes_default(struct settings *settings);

/* Tells what is missing, what does not fit together and what stands there twice; then gives every
 * route a body limit. */
void config_routes_check(struct settings *settings);

#endif
