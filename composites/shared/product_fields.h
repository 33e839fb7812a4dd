/*
 * What the product pages compute: printing functions for the field rows of their tables. Each
 * prints one value from the part that is named in its comment, and null when that part does not
 * hold what it takes to know.
 */
#ifndef COMPOSITES_SHARED_PRODUCT_FIELDS_H
#define COMPOSITES_SHARED_PRODUCT_FIELDS_H

#include "bff/compose/compose.h"

/* From the list of reviews: the mean of the numeric ratings as a string with one decimal ("4.3"),
 * or the number 0 when there are none. */
void product_average_rating(struct json_print *out, struct json reviews);

/* From the list of reviews: how many there are, rated or not. */
void product_review_count(struct json_print *out, struct json reviews);

/* From the inventory: is there anything left, and how much, as the service wrote it. */
void product_in_stock(struct json_print *out, struct json inventory);
void product_stock_quantity(struct json_print *out, struct json inventory);

/* From the product: is its sale price below its price? No, when it has no sale price. */
void product_is_on_sale(struct json_print *out, struct json product);

/* From the product: price less sale price, exact to the last digit (5.00); null when it has no
 * sale price. */
void product_savings(struct json_print *out, struct json product);

#endif
