/* The products service: the catalogue. */
#ifndef CLIENTS_PRODUCTS_H
#define CLIENTS_PRODUCTS_H

#include "bff/compose/compose.h"

extern const struct bff_service products_service;

/* Asks for one product. */
void products_get(struct bff_ask *ask, struct text id);

#endif
