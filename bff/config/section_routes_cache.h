/* routes.*.cache: which answers of a route are stored, and for how long. A part of
 * section_routes.c, which has the rows. */
#ifndef BFF_CONFIG_SECTION_ROUTES_CACHE_H
#define BFF_CONFIG_SECTION_ROUTES_CACHE_H

#include "bff/config/settings.h"

extern const struct settings_kind section_routes_cache_from; /* struct cache_rule: response */
extern const struct settings_kind section_routes_cache_vary; /* struct text *, lower case */

/* Reports what is wrong with the cache of route ${index}, and says whether it has one. */
void section_routes_cache_check(struct settings *settings, size_t index);

#endif
