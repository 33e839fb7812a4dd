/* The composites of the web build. */
#ifndef COMPOSITES_WEB_COMPOSITES_H
#define COMPOSITES_WEB_COMPOSITES_H

#include "bff/compose/compose.h"

extern const struct bff_composite web_dashboard;
extern const struct bff_composite web_product_detail;
extern const struct bff_composite web_checkout;
extern const struct bff_composite web_confirm;

#endif
