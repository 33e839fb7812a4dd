/* What all builds of the shop share, except the services. */
#ifndef COMPOSITES_SHARED_SHOP_H
#define COMPOSITES_SHARED_SHOP_H

#include "bff/compose/compose.h"

/* The plain routes that apply when the configuration has no routes. */
extern const struct bff_routes shop_routes;

/* The rate limits that apply when the configuration has no rate_limits. */
extern const struct bff_rate_limits shop_rate_limits;

/* Users with this role may see answers that belong to other users. */
#define SHOP_ADMIN_ROLE "admin"

#endif
