/* The orders service. */
#ifndef CLIENTS_ORDERS_H
#define CLIENTS_ORDERS_H

#include "bff/compose/compose.h"

extern const struct bff_service orders_service;

/* One order. */
void orders_get(struct bff_ask *ask, struct text id);

/* The orders of a user, newest first: a list of at most ${limit}. */
void orders_of_user(struct bff_ask *ask, struct text user_id, unsigned limit);

/* From an order: the id of its user, and its items. Absent when the order does not have them. */
struct json orders_user_id(struct json order);
struct json orders_items(struct json order);

/* From an item of an order: the id of the product. */
struct json orders_item_product_id(struct json item);

#endif
