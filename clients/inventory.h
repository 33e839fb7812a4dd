/* The inventory service: the stock of products, and reservations of it. */
#ifndef CLIENTS_INVENTORY_H
#define CLIENTS_INVENTORY_H

#include "bff/compose/compose.h"

extern const struct bff_service inventory_service;

/* Asks for the stock of a product. */
void inventory_get(struct bff_ask *ask, struct text product_id);

/* True when ${stock} says that there is less than ${quantity}, which is a number. False when one of
 * the two is unknown. */
bool inventory_is_short(struct json stock, struct json quantity);

/* Reserves ${items}, a list of objects with productId and quantity. The answer has the id of the
 * reservation. */
void inventory_reserve(struct bff_ask *ask, struct json items);

/* Releases the reservation ${id}. A reservation can be released again. */
void inventory_release(struct bff_ask *ask, struct text id);

#endif
