/* Warns of a rate limit whose path no page and no route has. A part of section_rate_limits.c. */
#ifndef BFF_CONFIG_SECTION_RATE_LIMITS_REACH_H
#define BFF_CONFIG_SECTION_RATE_LIMITS_REACH_H

#include "bff/config/settings.h"

/* Checks rule ${index} of the file. All routes have been read. */
void section_rate_limits_reach_check(struct settings *settings, size_t index);

#endif
