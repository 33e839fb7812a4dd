/* The composites of the mobile build. */
#ifndef COMPOSITES_MOBILE_COMPOSITES_H
#define COMPOSITES_MOBILE_COMPOSITES_H

#include "bff/compose/compose.h"

extern const struct bff_composite mobile_dashboard;
extern const struct bff_composite mobile_product_detail;
extern const struct bff_composite mobile_checkout;
extern const struct bff_composite mobile_confirm;

#endif
