/* The calls of the page that confirms an order. They read these parts: "order", "stock",
 * "reservation" and "confirmed". */
#ifndef COMPOSITES_SHARED_CONFIRM_H
#define COMPOSITES_SHARED_CONFIRM_H

#include "bff/compose/compose.h"

/* Asks for the order ":orderId". */
void confirm_order(struct bff_ask *ask);

/* Asks for the stock of each item of the order. */
void confirm_stock(struct bff_ask *ask);

/* Reserves the items. When the stock is known to be too small, it asks nothing: the part is
 * rejected as `skipped`, and the page ends. */
void confirm_reserve(struct bff_ask *ask);

/* Takes the reservation back. */
void confirm_release(struct bff_ask *ask);

/* Makes the order, with "paymentMethod" and "note" of the request's body. */
void confirm_create(struct bff_ask *ask);

/* Tells the user. */
void confirm_notify(struct bff_ask *ask);

#endif
