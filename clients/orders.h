/* What users have bought. */
#ifndef CLIENTS_ORDERS_H
#define CLIENTS_ORDERS_H

#include "bff/compose/compose.h"

extern const struct bff_service orders_service;

/* One order. */
void orders_get(struct bff_ask *ask, struct text id);

/* The orders of a user, the latest first: a list of at most ${limit}. */
void orders_of_user(struct bff_ask *ask, struct text user_id, unsigned limit);

/* Of an order: who placed it, and its items; no value when the order does not say. */
struct json orders_user_id(struct json order);
struct json orders_items(struct json order);

/* Of an item of an order: what was bought. */
struct json orders_item_product_id(struct json item);

#endif
