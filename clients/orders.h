/* The orders service. */
#ifndef CLIENTS_ORDERS_H
#define CLIENTS_ORDERS_H

#include "bff/compose/compose.h"

extern const struct bff_service orders_service;

/* Asks for one order. */
void orders_get(struct bff_ask *ask, struct text id);

/* Asks for the orders of a user, newest first: a list of at most ${limit}. */
void orders_of_user(struct bff_ask *ask, struct text user_id, unsigned limit);

/* Begins to describe a new order of a user. The caller writes its other members. The answer is the
 * order, with its id. */
void orders_create(struct bff_ask *ask, struct text user_id);

/* Return the id of the order's user, and the order's items. JSON_NONE when the order does not have
 * them. */
struct json orders_user_id(struct json order);
struct json orders_items(struct json order);

/* Return the id of the product of an order's item, and its quantity. */
struct json orders_item_product_id(struct json item);
struct json orders_item_quantity(struct json item);

#endif
