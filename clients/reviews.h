/* The reviews service. */
#ifndef CLIENTS_REVIEWS_H
#define CLIENTS_REVIEWS_H

#include "bff/compose/compose.h"

extern const struct bff_service reviews_service;

/* Asks for all reviews of a product: a list. */
void reviews_of_product(struct bff_ask *ask, struct text product_id);

#endif
