/*
 * The computed members of the product pages: functions for .print in their tables. Each prints one
 * value, which it computes from the part that its comment names. It prints null when the part does
 * not have the members that it needs.
 */
#ifndef COMPOSITES_SHARED_PRODUCT_FIELDS_H
#define COMPOSITES_SHARED_PRODUCT_FIELDS_H

#include "bff/compose/compose.h"

/* From the list of reviews: the mean of the numeric ratings as a string with one decimal ("4.3").
 * Without ratings it is the number 0. */
void product_average_rating(struct json_print *out, struct json reviews);

/* From the list of reviews: their number, with or without ratings. */
void product_review_count(struct json_print *out, struct json reviews);

/* From the inventory: whether the product is in stock, and the quantity as the service wrote it. */
void product_in_stock(struct json_print *out, struct json inventory);
void product_stock_quantity(struct json_print *out, struct json inventory);

/* From the product: whether its sale price is below its price; false without a sale price. */
void product_is_on_sale(struct json_print *out, struct json product);

/* From the product: its price minus its sale price, exact to the last digit (5.00); null without a
 * sale price. */
void product_savings(struct json_print *out, struct json product);

#endif
