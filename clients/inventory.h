/* The inventory service: the stock of products. */
#ifndef CLIENTS_INVENTORY_H
#define CLIENTS_INVENTORY_H

#include "bff/compose/compose.h"

extern const struct bff_service inventory_service;

/* Asks for the stock of a product. */
void inventory_get(struct bff_ask *ask, struct text product_id);

#endif
