/* What all builds of the shop have in common, besides their services. */
#ifndef COMPOSITES_SHARED_SHOP_H
#define COMPOSITES_SHARED_SHOP_H

#include "bff/compose/compose.h"

/* The plain routes of a configuration without routes. */
extern const struct bff_routes shop_routes;

/* The role whose users may see what belongs to others. */
#define SHOP_ADMIN_ROLE "admin"

#endif
